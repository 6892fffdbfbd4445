package dev.mtlora.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that was opened once and is read from then on, whatever becomes of its name: a training
 * that replaces its checkpoint does not change what a reader sees.
 *
 * @param path its name when it was opened
 * @param channel reads it
 */
public record OpenFile(Path path, FileChannel channel) implements AutoCloseable {
  private static final int CHUNK = 1 << 20;

  /** Makes what the file is to be read by, and owns it from then on. */
  public interface Reader<T> {
    T read(OpenFile file) throws IOException;
  }

  /** Takes a part of the bytes, of which the first is number {@code at}. */
  public interface Part {
    void accept(ByteBuffer bytes, long at);
  }

  /**
   * Opens a file; it is closed again if the reader fails.
   *
   * @throws CheckpointException if it is missing or cannot be read
   */
  public static <T> T open(Path path, Reader<T> reader) {
    requireFile(path);
    try {
      OpenFile file = new OpenFile(path, FileChannel.open(path, StandardOpenOption.READ));
      boolean done = false;
      try {
        T made = reader.read(file);
        done = true;
        return made;
      } finally {
        if (!done) {
          file.close();
        }
      }
    } catch (NoSuchFileException e) {
      throw new CheckpointException(path, "does not exist; check the name and the folder", e);
    } catch (IOException e) {
      throw new CheckpointException(path, "cannot be read: " + e, e);
    }
  }

  /** Opening a pipe waits for whoever writes into it, and a device may never end. */
  private static void requireFile(Path path) {
    if (Files.isDirectory(path)) {
      throw new CheckpointException(path, "is a folder where a file of weights is needed");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new CheckpointException(
          path, "is a device or a pipe, which is not read; name a file of weights");
    }
  }

  /** Reads a range, little-endian, a part at a time. */
  public void read(FileRange range, Part part) throws IOException {
    ByteBuffer chunk =
        ByteBuffer.allocate((int) Math.min(CHUNK, range.size())).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = 0; at < range.size(); at += chunk.limit()) {
      chunk.clear().limit((int) Math.min(CHUNK, range.size() - at));
      fill(channel, chunk, range.begin() + at);
      part.accept(chunk.flip(), at);
    }
  }

  /** Fills a buffer with the bytes from a position of a file. */
  public static void fill(FileChannel channel, ByteBuffer buffer, long position)
      throws IOException {
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, position + buffer.position());
      if (read < 0) {
        throw new EOFException("the file ends early");
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
