package dev.mtlora.image.array;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Environment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads OpenEXR files of one part with one channel whose name is a letter, such as {@code Z} or
 * {@code Y}, or with {@code R}, {@code G} and {@code B}. The header is walked here, and bounded,
 * before anything is decoded.
 *
 * <p>OpenCV's decoder of this format is off, since damaged files have broken it before, until the
 * variable {@code OPENCV_IO_ENABLE_OPENEXR} is there when the first such file is decoded. It is set
 * then, and so only in programs that read EXR labels; one that is set to 0 stays so.
 */
final class ExrFile {
  private static final int MAGIC = 20000630;
  private static final int DEEP = 0x800;
  private static final int SEVERAL_PARTS = 0x1000;
  private static final int LONGEST_NAME = 255;
  private static final int AFTER_NAME = 16;
  private static final Set<Set<String>> COLOURS =
      Set.of(Set.of("R", "G", "B"), Set.of("R", "G", "B", "A"));
  private static final String SWITCH = "OPENCV_IO_ENABLE_OPENEXR";
  private static final String CURE =
      "save one channel Y or Z of 32-bit numbers in scan lines, or an .npy";

  private final Path file;
  private final byte[] bytes;
  private final ByteBuffer buffer;
  private final Set<String> channels = new TreeSet<>();
  private long width;
  private long height;
  private int firstChannel;
  private int at = 8;

  /** Sets the variable when it is first needed. */
  private static final class Decoder {
    static {
      Environment.setIfAbsent(SWITCH, "1");
    }

    static Raster decode(byte[] bytes, Path file) {
      return NativeArrays.decode(
          bytes,
          file,
          "copy the file again; " + SWITCH + " must not be 0, nor have been so before");
    }
  }

  private ExrFile(Path file) {
    this.file = file;
    this.bytes = ArrayFile.bytes(file);
    this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static Raster read(Path file) {
    ExrFile exr = new ExrFile(file);
    exr.header();
    Raster out = Decoder.decode(exr.bytes, file);
    if (out.width() != exr.width || out.height() != exr.height) {
      throw exr.wrong("is damaged: its pixels are not as many as its header says");
    }
    return out;
  }

  private void header() {
    if (bytes.length < 9 || buffer.getInt(0) != MAGIC) {
      throw wrong("is no OpenEXR file, whatever its name says");
    }
    if ((buffer.getInt(4) & (DEEP | SEVERAL_PARTS)) != 0) {
      throw wrong("has several parts or several depths for a pixel, which is not read");
    }
    for (String name = text(); !name.isEmpty(); name = text()) {
      text(); // the type, which the name tells
      int size = number();
      if (size < 0 || size > bytes.length - at) {
        throw damaged();
      }
      int end = at + size;
      if (name.equals("dataWindow")) {
        window();
      } else if (name.equals("channels")) {
        channels(end);
      }
      at = end;
    }
    ArrayFile.checkSize(file, width, height, Math.max(1, Math.min(channels.size(), 4)));
    if (isSingle()) {
      bytes[firstChannel] = 'Y'; // the only one that OpenCV decodes alone
    } else if (!COLOURS.contains(channels)) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "has the channels %s, and read are one alone whose name is a letter, or R, G and B",
              channels));
    }
  }

  private boolean isSingle() {
    return channels.size() == 1 && channels.iterator().next().length() == 1;
  }

  /** The columns and rows that there are, first and last. */
  private void window() {
    long left = number();
    long top = number();
    width = number() - left + 1;
    height = number() - top + 1;
  }

  private void channels(int end) {
    firstChannel = at;
    while (at < end) {
      String name = text();
      if (name.isEmpty()) {
        return;
      }
      channels.add(name);
      at += AFTER_NAME;
    }
  }

  /** Up to the next zero, which is passed. */
  private String text() {
    int start = at;
    while (at < bytes.length && bytes[at] != 0 && at - start <= LONGEST_NAME) {
      at++;
    }
    if (at >= bytes.length || bytes[at] != 0) {
      throw damaged();
    }
    return new String(bytes, start, at++ - start, StandardCharsets.ISO_8859_1);
  }

  private int number() {
    if (at > bytes.length - 4) {
      throw damaged();
    }
    at += 4;
    return buffer.getInt(at - 4);
  }

  private DataException damaged() {
    return wrong("is truncated, or its header is damaged");
  }

  private DataException wrong(String problem) {
    return new DataException(String.format(Locale.ROOT, "%s %s; %s", file, problem, CURE));
  }
}
