package dev.mtlora.data.multitask;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The skeleton of a {@code .mat} file of version 5, walked before its content is read: a reader
 * that believes a damaged length runs out of memory, and one that stops before the end of
 * compressed data never sees its checksum. Elements are tagged with type and length and may hold
 * elements in turn; none may reach beyond the one that holds it.
 */
final class MatElements {
  static final int HEADER = 128;

  /** Larger contents are not unpacked. */
  static final int MAX_UNPACKED = 256 << 20;

  private static final int MATRIX = 14;
  private static final int COMPRESSED = 15;
  private static final int TAG = 8;
  private static final int DEEPEST = 16;

  private final ByteBuffer bytes;

  private MatElements(byte[] bytes, ByteOrder order) {
    this.bytes = ByteBuffer.wrap(bytes).order(order);
  }

  /**
   * The same file without compression.
   *
   * @param file at least a header long
   * @throws IllegalArgumentException if it is damaged or unpacks to too much; says what is wrong
   */
  static byte[] unpacked(byte[] file) {
    ByteOrder order = file[HEADER - 2] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    MatElements packed = new MatElements(file, order);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, HEADER);
    int at = HEADER;
    while (at < file.length) {
      int end = packed.end(at, file.length);
      if (packed.bytes.getInt(at) == COMPRESSED) {
        out.writeBytes(inflated(file, at + TAG, end, MAX_UNPACKED - out.size()));
      } else {
        out.write(file, at, end - at);
      }
      at = end;
    }
    byte[] whole = out.toByteArray();
    new MatElements(whole, order).check(HEADER, whole.length, 0);
    return whole;
  }

  private static byte[] inflated(byte[] file, int from, int to, int most) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(file, from, to - from);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] block = new byte[1 << 14];
      int step = 1;
      while (step > 0 && out.size() <= most) {
        step = inflater.inflate(block);
        out.write(block, 0, step);
      }
      require(out.size() <= most, "it unpacks to more than " + MAX_UNPACKED + " bytes");
      require(inflater.finished(), "its compressed data is cut short");
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("its compressed data is damaged: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  /** Walks through the elements in a range. */
  private void check(int from, int to, int depth) {
    require(depth <= DEEPEST, "it is nested too deep");
    int at = from;
    while (at < to) {
      int end = end(at, to);
      if (bytes.getInt(at) == MATRIX && end > at + TAG) {
        checkMatrix(at + TAG, end, depth);
      }
      at = end;
    }
  }

  /** Flags, then sides, whose product says how many elements may follow, then the rest. */
  private void checkMatrix(int from, int to, int depth) {
    int sides = end(from, to);
    int rest = end(sides, to);
    long count = 1;
    for (int side = sides + TAG; side + 4 <= rest && count <= to; side += 4) {
      count *= Math.max(0, bytes.getInt(side));
    }
    require(count <= to - from, "it has fewer values than it says");
    check(sides, to, depth + 1);
  }

  /** Where the next element starts; lengths are padded to 8 bytes but for compressed elements. */
  private int end(int at, int to) {
    require(at + TAG <= to, "it is cut short");
    int tag = bytes.getInt(at);
    if (tag >>> 16 != 0) {
      return at + TAG; // up to four bytes of content within the tag
    }
    long length = bytes.getInt(at + 4) & 0xffffffffL;
    long padded = tag == COMPRESSED ? length : length + 7 & ~7L;
    require(at + TAG + padded <= to, "an element reaches beyond the end");
    return (int) (at + TAG + padded);
  }

  private static void require(boolean right, String otherwise) {
    if (!right) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
