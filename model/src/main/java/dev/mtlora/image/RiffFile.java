package dev.mtlora.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.mtlora.files.DataException;
import dev.mtlora.files.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** A file of names of four letters and numbers with the lowest byte first, read anywhere. */
final class RiffFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final long length;

  private RiffFile(Path file, FileChannel channel, long length) {
    this.file = file;
    this.channel = channel;
    this.length = length;
  }

  /**
   * Opens it.
   *
   * @throws DataException if it is missing, no file, or cannot be read
   */
  static RiffFile open(Path file) {
    try {
      long length = SmallFile.regular(file).size();
      return new RiffFile(file, FileChannel.open(file), length);
    } catch (NoSuchFileException e) {
      throw new DataException(file + " does not exist; check the name and the folder", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static DataException unreadable(Path file, IOException e) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s could not be read (%s); check that it is a file you may read",
            file,
            e),
        e);
  }

  long length() {
    return length;
  }

  /** Four letters. */
  String name(long at) {
    return new String(bytes(at, 4), ISO_8859_1);
  }

  /** A number of four bytes, without sign. */
  long number(long at) {
    return ByteBuffer.wrap(bytes(at, 4)).order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xffffffffL;
  }

  /** A part of it, which lies inside. */
  byte[] bytes(long at, int count) {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, at + buffer.position()) < 0) {
          throw new IOException("it became shorter");
        }
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    return buffer.array();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }
}
