package dev.mtlora.data;

import dev.mtlora.files.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * A folder of files that can be made anew. Files are written under another name and then renamed,
 * so that several threads and programs may share it: each sees whole files or none.
 */
record CacheFolder(Path path) {
  /** What the names of unfinished files end with. */
  static final String UNFINISHED = ".tmp";

  /** Makes the folder if need be. */
  CacheFolder {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw unusable(path, "cannot be created", e);
    }
  }

  Path file(String name) {
    return path.resolve(name);
  }

  /** The bytes of a file, if it is there. */
  Optional<byte[]> read(String name) {
    try {
      return Optional.of(Files.readAllBytes(file(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unusable("holds a file that cannot be read: " + name, e);
    }
  }

  void write(String name, byte[] bytes) {
    Path unfinished = file(name + "." + UUID.randomUUID() + UNFINISHED);
    try {
      try {
        Files.write(unfinished, bytes);
        Files.move(unfinished, file(name), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException e) {
      throw unusable(String.format(Locale.ROOT, "cannot take a file of %d bytes", bytes.length), e);
    }
  }

  DataException unusable(String problem, IOException cause) {
    return unusable(path, problem, cause);
  }

  private static DataException unusable(Path path, String problem, IOException cause) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "cache folder %s %s (%s); free some space, allow writing, or choose another folder",
            path,
            problem,
            cause),
        cause);
  }
}
