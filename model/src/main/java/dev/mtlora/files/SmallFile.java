package dev.mtlora.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;

/** A file that is read whole, if it is not larger than what it should be. */
public final class SmallFile {
  private SmallFile() {}

  /**
   * Its bytes.
   *
   * @param most bytes
   * @param what it should be, for the message, for instance {@code a label map}
   * @throws DataException if it is missing, larger, or cannot be read
   */
  public static byte[] bytes(Path file, long most, String what) {
    try {
      long size = regular(file).size();
      if (size > most) {
        throw tooLarge(file, size, most, what);
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 8));
        if (bytes.length > most) { // whatever its size was said to be
          throw tooLarge(file, bytes.length, most, what);
        }
        return bytes;
      }
    } catch (NoSuchFileException e) {
      throw new DataException(file + " does not exist; check the name and the folder", e);
    } catch (IOException e) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s could not be read (%s); check that it is a file you may read",
              file,
              e),
          e);
    }
  }

  private static DataException tooLarge(Path file, long bytes, long most, String what) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s has %d bytes, more than the %d that are read; is it %s?",
            file,
            bytes,
            most,
            what));
  }

  /**
   * Makes sure that a name, or what it links to, is a file: reading a device may never end, and
   * opening a pipe waits for whoever writes into it.
   *
   * @throws DataException if it is anything else
   */
  public static BasicFileAttributes regular(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s could not be read: it is %s, not a file; remove it, or name a file",
              file,
              attributes.isDirectory() ? "a folder" : "a device, a pipe or a link to one"));
    }
    return attributes;
  }
}
