package dev.mtlora.image;

import dev.mtlora.files.DataException;
import java.util.Locale;

/**
 * The raw numbers of a PNG: palette indices not looked up, 16 bits not reduced to 8, 1 bit not
 * stretched to 255.
 *
 * @param file what messages call the file
 * @param values 1 channel (grey, palette), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha)
 * @param bits per value: 1, 2, 4, 8 or 16
 * @param palette whether the values are indices into a palette
 */
public record PngSamples(String file, Raster values, int bits, boolean palette) {
  /** A function of one number. */
  @FunctionalInterface
  public interface Change {
    /** The changed value. */
    float apply(float value);
  }

  /** The largest value that this number of bits can hold. */
  public int max() {
    return (1 << bits) - 1;
  }

  /** The same raster with every value changed. */
  public Raster map(Change change) {
    float[] from = values.values();
    Raster out = new Raster(values.height(), values.width(), values.channels());
    if (bits > 8) {
      for (int i = 0; i < from.length; i++) {
        out.values()[i] = change.apply(from[i]);
      }
      return out;
    }
    float[] changed = new float[max() + 1]; // every number there can be, changed once
    for (int number = 0; number < changed.length; number++) {
      changed[number] = change.apply(number);
    }
    for (int i = 0; i < from.length; i++) {
      out.values()[i] = changed[(int) from[i]];
    }
    return out;
  }

  /**
   * Fails unless {@code right}.
   *
   * @param expected what such labels are, as the end of a sentence
   * @throws DataException naming the file, what it is and what was expected
   */
  public void check(boolean right, String expected) {
    if (!right) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is %d-bit %s, but %s; convert it or declare another encoding",
              file,
              bits,
              kind(),
              expected));
    }
  }

  private String kind() {
    return switch (values.channels()) {
      case 1 -> palette ? "palette" : "grey";
      case 2 -> "grey with transparency";
      case 3 -> "RGB";
      default -> "RGB with transparency";
    };
  }

  /**
   * What to throw for a value that means nothing.
   *
   * @param pixel row-major index of the value
   * @param expected what the values may be, and the cure
   */
  public DataException outOfRange(int pixel, String expected) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s holds %.0f at column %d, row %d, but %s",
            file,
            values.values()[pixel],
            pixel % values.width(),
            pixel / values.width(),
            expected));
  }
}
