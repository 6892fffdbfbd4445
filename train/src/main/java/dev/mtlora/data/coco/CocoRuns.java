package dev.mtlora.data.coco;

import dev.mtlora.image.Raster;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs of pixels, column by column from the upper left corner: as many that do not belong to the
 * thing, as many that do, and so on in turn.
 *
 * @param height of the picture
 * @param counts lengths of the runs; their sum is the number of pixels
 */
public record CocoRuns(int height, int[] counts) implements CocoShape {
  private static final int FIRST = 48; // what the text has for 0
  private static final int MORE = 0x20;
  private static final int NEGATIVE = 0x10;
  private static final int BITS = 5;
  private static final int MOST_BITS = 35;

  /**
   * Checks the sum.
   *
   * @param width of the picture
   * @throws IllegalArgumentException if the runs do not fill it
   */
  static CocoRuns of(int height, int width, List<Long> counts) {
    long pixels = (long) height * width;
    long sum = 0;
    for (long count : counts) {
      if (count < 0 || count > pixels - sum) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "has runs that do not fit into %d x %d pixels: one of %d after %d pixels",
                width,
                height,
                count,
                sum));
      }
      sum += count;
    }
    if (sum != pixels) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "has runs of %d pixels, not of %d x %d", sum, width, height));
    }
    return new CocoRuns(height, counts.stream().mapToInt(Long::intValue).toArray());
  }

  /**
   * The lengths in a text: 5 bits in each sign, the lowest first; from the fourth on what they are
   * more than the last but one.
   *
   * @throws IllegalArgumentException if the text is none of this kind
   */
  static List<Long> counts(String text) {
    List<Long> counts = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      long value = 0;
      int bits = 0;
      int sign;
      do {
        sign = at < text.length() ? text.charAt(at++) - FIRST : -1;
        if (sign < 0 || sign >= 2 * MORE || bits > MOST_BITS) {
          throw new IllegalArgumentException("has runs in a text that is damaged");
        }
        value |= (long) (sign & (MORE - 1)) << bits;
        bits += BITS;
      } while ((sign & MORE) != 0);
      if ((sign & NEGATIVE) != 0) {
        value |= -1L << bits;
      }
      int count = counts.size();
      counts.add(count > 2 ? value + counts.get(count - 2) : value);
    }
    return counts;
  }

  @Override
  public double area() {
    double sum = 0;
    for (int i = 1; i < counts.length; i += 2) {
      sum += counts[i];
    }
    return sum;
  }

  @Override
  public void paint(Raster raster, float value) {
    int at = 0;
    for (int i = 0; i < counts.length; i++) {
      int end = at + counts[i];
      for (; at < end; at++) {
        if (i % 2 == 1) {
          raster.values()[at % height * raster.width() + at / height] = value;
        }
      }
    }
  }
}
