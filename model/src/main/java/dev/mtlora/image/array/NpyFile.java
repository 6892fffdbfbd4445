package dev.mtlora.image.array;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's {@code .npy} files: reads those (format versions 1 to 3) of plain numbers, {@code [H, W]}
 * or {@code [H, W, C]}, in C or Fortran order and either byte order, and writes float32. The header
 * is checked against the length of the file before anything is allocated; Python objects are never
 * unpickled.
 */
public final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 1 << 16;
  private static final int MOST_CHANNELS = 16;
  private static final Pattern DESCR = Pattern.compile("'descr': *'([<>|=])([a-zA-Z])(\\d*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order': *(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([0-9, L]*)\\)");
  private static final String AGAIN = "copy or download the file again";
  private static final String SAVE =
      "save it again with numpy.save(file, array.astype(numpy.float32))";

  private final Path file;
  private final ByteBuffer bytes;

  private NpyFile(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The numbers as float32.
   *
   * @throws DataException if the file is missing, damaged, too large, or holds anything else
   */
  public static Raster read(Path file) {
    return new NpyFile(file, ArrayFile.bytes(file)).array();
  }

  /**
   * A file of float32, format version 1, as {@code numpy.load} reads it.
   *
   * @param values row-major
   * @param shape sides whose product is their number
   */
  public static byte[] bytes(float[] values, int... shape) {
    StringBuilder sides = new StringBuilder();
    long count = 1;
    for (int side : shape) {
      sides.append(side).append(", ");
      count = Math.multiplyExact(count, side);
    }
    if (count != values.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d values are none of the shape %s",
              values.length,
              Arrays.toString(shape)));
    }
    String header =
        String.format(
            Locale.ROOT,
            "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }",
            sides.toString().strip());
    int start = MAGIC.length + 4; // version and the header's length
    int padded = (start + header.length() + 1 + 63) / 64 * 64 - start;
    ByteBuffer file =
        ByteBuffer.allocate(Math.addExact(start + padded, Math.multiplyExact(4, values.length)))
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) padded);
    file.put(
        (header + " ".repeat(padded - header.length() - 1) + "\n")
            .getBytes(StandardCharsets.US_ASCII));
    file.asFloatBuffer().put(values);
    return file.array();
  }

  private Raster array() {
    String header = header();
    Matcher descr = found(DESCR, header);
    int[] shape = shape(found(SHAPE, header).group(1));
    boolean fortran = found(ORDER, header).group(1).equals("True");
    char kind = descr.group(2).charAt(0);
    if (kind == 'O') {
      throw wrong("holds Python objects, which would run code when read", SAVE);
    }
    int size = descr.group(3).isEmpty() ? 0 : Integer.parseInt(descr.group(3), 0, 1, 10);
    if (descr.group(3).length() != 1 || !known(kind, size)) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "holds values of the type %s, not whole or floating-point numbers",
              descr.group(2) + descr.group(3)),
          SAVE);
    }
    long count = (long) shape[0] * shape[1] * shape[2];
    if (bytes.remaining() != count * size) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "should hold %s values of %d bytes, but %d bytes follow its header",
              Arrays.toString(shape),
              size,
              bytes.remaining()),
          AGAIN);
    }
    ArrayFile.checkPixels(file, shape[1], shape[0]);
    bytes.order(descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    return raster(shape, fortran, kind, size);
  }

  private static boolean known(char kind, int size) {
    return switch (kind) {
      case 'f' -> size == 4 || size == 8;
      case 'i', 'u' -> size == 1 || size == 2 || size == 4 || size == 8;
      case 'b' -> size == 1;
      default -> false;
    };
  }

  /** The header's text; the position is then at the first value. */
  private String header() {
    byte[] magic = Arrays.copyOf(bytes.array(), MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw wrong("is no .npy file, whatever its name says", SAVE);
    }
    int lengthAt = MAGIC.length + 2;
    int version = bytes.capacity() > lengthAt ? bytes.get(MAGIC.length) : 0;
    int start = lengthAt + (version == 1 ? 2 : 4);
    if (bytes.capacity() < start) {
      throw wrong("is truncated", AGAIN);
    }
    if (version < 1 || version > 3) {
      throw wrong(
          String.format(Locale.ROOT, "has the format version %d, not 1, 2 or 3", version), SAVE);
    }
    long length =
        version == 1 ? bytes.getShort(lengthAt) & 0xffff : bytes.getInt(lengthAt) & 0xffffffffL;
    if (length > Math.min(MAX_HEADER, bytes.capacity() - start)) {
      throw wrong("is truncated, or its header is damaged", AGAIN);
    }
    bytes.position(start + (int) length);
    return new String(bytes.array(), start, (int) length, StandardCharsets.ISO_8859_1);
  }

  private Matcher found(Pattern pattern, String header) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw wrong("has a header that describes no plain array: " + header.strip(), SAVE);
    }
    return matcher;
  }

  /** Height, width, channels. */
  private int[] shape(String text) {
    String[] sides = text.replace("L", "").replace(" ", "").split(",", 0);
    boolean fits = sides.length == 2 || sides.length == 3;
    int[] shape = {0, 0, 1};
    for (int i = 0; fits && i < sides.length; i++) {
      fits = !sides[i].isEmpty() && sides[i].length() < 9;
      shape[i] = fits ? Integer.parseInt(sides[i]) : 0;
      fits &= shape[i] > 0;
    }
    if (!fits
        || shape[2] > MOST_CHANNELS
        || (long) shape[0] * shape[1] > Images.MAX_PIXELS
        || (long) shape[0] * shape[1] * shape[2] > Integer.MAX_VALUE / Double.BYTES) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "has the shape (%s), but label maps are (height, width) or (height, width, channels)",
              text),
          "save one image's map in each file");
    }
    return shape;
  }

  private Raster raster(int[] shape, boolean fortran, char kind, int size) {
    Raster out = new Raster(shape[0], shape[1], shape[2]);
    int start = bytes.position();
    for (int i = 0; i < out.values().length; i++) {
      int c = i % shape[2];
      int x = i / shape[2] % shape[1];
      int y = i / shape[2] / shape[1];
      int from = fortran ? (c * shape[1] + x) * shape[0] + y : i;
      out.values()[i] = value(start + from * size, kind, size);
    }
    return out;
  }

  private float value(int at, char kind, int size) {
    if (kind == 'f') {
      return size == 4 ? bytes.getFloat(at) : (float) bytes.getDouble(at);
    }
    boolean signed = kind == 'i';
    return switch (size) {
      case 1 -> signed ? bytes.get(at) : bytes.get(at) & 0xff;
      case 2 -> signed ? bytes.getShort(at) : bytes.getShort(at) & 0xffff;
      case 4 -> signed ? bytes.getInt(at) : bytes.getInt(at) & 0xffffffffL;
      default -> bytes.getLong(at); // beyond 2^63 no label is right either way
    };
  }

  private DataException wrong(String problem, String cure) {
    return new DataException(String.format(Locale.ROOT, "%s %s; %s", file, problem, cure));
  }
}
