package dev.mtlora.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
      if (Files.size(file) > most) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s has %d bytes, more than the %d that are read; is it %s?",
                file,
                Files.size(file),
                most,
                what));
      }
      return Files.readAllBytes(file);
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
}
