package dev.mtlora.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Reads a range of a file in order through a small buffer, little-endian. Whatever lies past the
 * range is an error, and nothing is allocated for bytes that the range does not have.
 */
public final class FileBytes {
  private static final int BUFFER = 1 << 14;

  private final Path file;
  private final FileChannel channel;
  private final long end;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN).limit(0);

  /** Where in the file the end of the buffer lies. */
  private long fetched;

  /** The bytes from {@code begin} to before {@code end}. */
  public FileBytes(Path file, FileChannel channel, long begin, long end) {
    this.file = file;
    this.channel = channel;
    this.fetched = begin;
    this.end = end;
  }

  /** The file, for messages. */
  public Path file() {
    return file;
  }

  /** Where the next byte lies, from the start of the file. */
  public long position() {
    return fetched - buffer.remaining();
  }

  /** Bytes that have not been read. */
  public long remaining() {
    return end - position();
  }

  /** One byte, 0 to 255. */
  public int unsigned8() throws IOException {
    return need(1).get() & 0xff;
  }

  /** Two bytes, little-endian. */
  public int unsigned16() throws IOException {
    return need(Short.BYTES).getShort() & 0xffff;
  }

  /** Four bytes, little-endian. */
  public int int32() throws IOException {
    return need(Integer.BYTES).getInt();
  }

  /** An unsigned number of four bytes. */
  public long unsigned32() throws IOException {
    return int32() & 0xffffffffL;
  }

  /** Eight bytes, little-endian. */
  public long int64() throws IOException {
    return need(Long.BYTES).getLong();
  }

  /** The next bytes, at most {@code max} of them. */
  public byte[] bytes(long length, int max) throws IOException {
    require(length);
    if (length > max) {
      throw fault(
          String.format(
              Locale.ROOT, "has an item of %d bytes where at most %d are allowed", length, max));
    }
    byte[] bytes = new byte[(int) length];
    for (int at = 0; at < bytes.length; ) {
      int part = Math.min(bytes.length - at, need(1).remaining());
      buffer.get(bytes, at, part);
      at += part;
    }
    return bytes;
  }

  /** Passes over some bytes, which must be there. */
  public void skip(long length) throws IOException {
    require(length);
    long buffered = Math.min(length, buffer.remaining());
    buffer.position(buffer.position() + (int) buffered);
    fetched += length - buffered;
    if (length > buffered) {
      buffer.limit(0);
    }
  }

  /** Text up to the end of a line, which is dropped. */
  public String line(int max) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = unsigned8(); c != '\n'; c = unsigned8()) {
      if (text.length() == max) {
        throw fault(String.format(Locale.ROOT, "has a line of more than %d bytes", max));
      }
      text.append((char) c);
    }
    return text.toString();
  }

  /** A text of so many bytes, at most {@code max}. */
  public String utf8(long length, int max) throws IOException {
    return new String(bytes(length, max), StandardCharsets.UTF_8);
  }

  /** A fault at the current byte. */
  public CheckpointException fault(String message) {
    return new CheckpointException(file, message + " (near byte " + position() + ")");
  }

  private void require(long length) {
    if (length < 0 || length > remaining()) {
      throw fault(
          String.format(
              Locale.ROOT,
              "ends early: %s more bytes are needed but %d are left; is it truncated?",
              Long.toUnsignedString(length),
              remaining()));
    }
  }

  private ByteBuffer need(int count) throws IOException {
    if (buffer.remaining() < count) {
      require(count);
      buffer.compact();
      buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + end - fetched));
      int kept = buffer.position();
      OpenFile.fill(channel, buffer, fetched - kept);
      fetched += buffer.position() - kept;
      buffer.flip();
    }
    return buffer;
  }
}
