package dev.mtlora.image.array;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Reads portable float maps: {@code Pf} (one number a pixel) or {@code PF} (three), width, height
 * and a scale, each followed by a blank, then float32 from the lowest row up. The sign of the scale
 * tells the order of the bytes; its size, which programs write as they like, changes nothing.
 */
final class PfmFile {
  private static final int LONGEST_WORD = 24;
  private static final String AGAIN = "copy the file again, or save it as .npy";

  private final Path file;
  private final byte[] bytes;
  private int at;

  private PfmFile(Path file) {
    this.file = file;
    this.bytes = ArrayFile.bytes(file);
  }

  static Raster read(Path file) {
    return new PfmFile(file).array();
  }

  private Raster array() {
    String kind = word();
    if (!kind.equals("Pf") && !kind.equals("PF")) {
      throw wrong("is no portable float map: it begins with neither Pf nor PF");
    }
    int channels = kind.equals("PF") ? 3 : 1;
    int width = side("width", word());
    int height = side("height", word());
    boolean little = scale(word()) < 0;
    ArrayFile.checkSize(file, width, height, channels);
    long expected = (long) width * height * channels * Float.BYTES;
    if (bytes.length - at != expected) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "says that it has %d x %d pixels, which take %d bytes, but %d follow its header",
              width,
              height,
              expected,
              bytes.length - at));
    }
    ByteBuffer numbers = ByteBuffer.wrap(bytes, at, bytes.length - at);
    numbers.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    Raster out = new Raster(height, width, channels);
    int row = width * channels;
    for (int y = height - 1; y >= 0; y--) {
      for (int i = 0; i < row; i++) {
        out.values()[y * row + i] = numbers.getFloat();
      }
    }
    return out;
  }

  /** Up to the next blank, which is passed. */
  private String word() {
    int start = at;
    while (at < bytes.length && bytes[at] > ' ' && at - start <= LONGEST_WORD) {
      at++;
    }
    if (at == bytes.length || at == start || bytes[at] > ' ' || bytes[at] < 0) {
      throw wrong("is no portable float map, or its header is damaged");
    }
    return new String(bytes, start, at++ - start, StandardCharsets.ISO_8859_1);
  }

  private int side(String which, String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw wrong(String.format(Locale.ROOT, "has the %s '%s', which is none", which, text));
    }
    return Integer.parseInt(text);
  }

  private double scale(String text) {
    try {
      double scale = Double.parseDouble(text);
      if (Double.isFinite(scale) && scale != 0) {
        return scale;
      }
    } catch (NumberFormatException e) {
      throw wrong(String.format(Locale.ROOT, "has the scale '%s', which is no number", text), e);
    }
    throw wrong(
        String.format(
            Locale.ROOT, "has the scale '%s': its sign is to tell the order of bytes", text));
  }

  private DataException wrong(String problem) {
    return new DataException(String.format(Locale.ROOT, "%s %s; %s", file, problem, AGAIN));
  }

  private DataException wrong(String problem, Exception cause) {
    return new DataException(String.format(Locale.ROOT, "%s %s; %s", file, problem, AGAIN), cause);
  }
}
