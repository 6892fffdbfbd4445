package dev.mtlora.image.array;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Reads the first page of a TIFF of numbers: 32- or 64-bit floating point, or whole numbers of 8 or
 * 16 bits without a sign. Its tags are read here, and bounded, before OpenCV decodes it.
 */
final class TiffFile {
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS = 258;
  private static final int SAMPLES = 277;
  private static final int FORMAT = 339;
  private static final int MOST_TAGS = 4096;
  private static final int ENTRY = 12;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int UNSIGNED = 1;
  private static final int FLOATING = 3;
  private static final String CURE =
      "save it with 32-bit floating-point numbers, as an ordinary TIFF, or as .npy";

  private final Path file;
  private final byte[] bytes;
  private final ByteBuffer buffer;
  private long width;
  private long height;
  private long bits = 1;
  private long samples = 1;
  private long format = UNSIGNED;

  private TiffFile(Path file) {
    this.file = file;
    this.bytes = ArrayFile.bytes(file);
    this.buffer = ByteBuffer.wrap(bytes);
  }

  static Raster read(Path file) {
    TiffFile tiff = new TiffFile(file);
    tiff.tags();
    tiff.check();
    Raster out = NativeArrays.decode(tiff.bytes, file, CURE);
    if (out.width() != tiff.width || out.height() != tiff.height) {
      throw tiff.wrong("is damaged: its pixels are not as many as its header says");
    }
    return out;
  }

  private void tags() {
    if (bytes.length < 8 || bytes[0] != bytes[1] || bytes[0] != 'I' && bytes[0] != 'M') {
      throw wrong("is no TIFF, whatever its name says");
    }
    buffer.order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int version = buffer.getShort(2);
    if (version != 42) {
      throw wrong(
          version == 43 ? "is a BigTIFF, which is not read" : "is no TIFF, whatever its name says");
    }
    long directory = buffer.getInt(4) & 0xffffffffL;
    int count = directory + 2 <= bytes.length ? buffer.getShort((int) directory) & 0xffff : 0;
    if (count < 1 || count > MOST_TAGS || directory + 2 + (long) ENTRY * count > bytes.length) {
      throw wrong("is truncated, or its header is damaged");
    }
    for (int i = 0; i < count; i++) {
      tag((int) directory + 2 + ENTRY * i);
    }
  }

  private void tag(int at) {
    switch (buffer.getShort(at) & 0xffff) {
      case WIDTH -> width = value(at);
      case HEIGHT -> height = value(at);
      case BITS -> bits = value(at);
      case SAMPLES -> samples = value(at);
      case FORMAT -> format = value(at);
      default -> {} // what else it says of itself, the decoder reads
    }
  }

  /** The first of the values of a tag: two shorts lie in the entry, more elsewhere. */
  private long value(int at) {
    int type = buffer.getShort(at + 2);
    long count = buffer.getInt(at + 4) & 0xffffffffL;
    if (type == LONG && count == 1) {
      return buffer.getInt(at + 8) & 0xffffffffL;
    }
    long from = count <= 2 ? at + 8 : buffer.getInt(at + 8) & 0xffffffffL;
    if (type != SHORT || count < 1 || from + 2 > bytes.length) {
      throw wrong("has a damaged header");
    }
    return buffer.getShort((int) from) & 0xffff;
  }

  private void check() {
    ArrayFile.checkSize(file, width, height, samples);
    boolean floats = format == FLOATING && (bits == 32 || bits == 64);
    boolean whole = format == UNSIGNED && (bits == 8 || bits == 16);
    if (!floats && !whole) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "holds %d-bit numbers of the format %d (1 whole, 2 with a sign, 3 floating point)",
              bits,
              format));
    }
  }

  private DataException wrong(String problem) {
    return new DataException(String.format(Locale.ROOT, "%s %s; %s", file, problem, CURE));
  }
}
