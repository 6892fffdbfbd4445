package dev.mtlora.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears complete or not at all: written under a temporary name beside it, flushed to
 * the disk, then renamed over what was there.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes the content of a file. */
  public interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Writes a file that something else opens: native code, for instance. */
  public interface Writer {
    void write(Path file) throws IOException;
  }

  /**
   * Has a file written under a temporary name beside it, which is then put in its place.
   *
   * @throws CheckpointException if it cannot be written; nothing is left behind
   */
  public static void writeBy(Path file, Writer writer) {
    try {
      replace(
          file,
          temporary -> {
            writer.write(temporary);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
              channel.force(true);
            }
          });
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be written: " + e, e);
    }
  }

  /** Writes a text as UTF-8. */
  public static void write(Path file, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    replace(
        file,
        forced(
            channel -> {
              while (bytes.hasRemaining()) {
                channel.write(bytes);
              }
            }));
  }

  /**
   * Writes a file.
   *
   * @throws CheckpointException if it cannot be written; nothing is left behind
   */
  public static void write(Path file, Content content) {
    try {
      replace(file, forced(content));
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be written: " + e, e);
    }
  }

  private static Writer forced(Content content) {
    return temporary -> {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
    };
  }

  private static void replace(Path file, Writer writer) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      writer.write(temporary);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
