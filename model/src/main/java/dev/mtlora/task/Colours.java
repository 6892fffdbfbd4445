package dev.mtlora.task;

import dev.mtlora.loss.Labels;
import java.util.function.DoubleToIntFunction;
import java.util.stream.IntStream;

/** Packed 0xRRGGBB colours of predictions. */
final class Colours {
  /** Slate: ignored, unknown; no class of up to 64 and no grey has this colour. */
  static final int NO_VALUE = 0x505A6E;

  private Colours() {}

  /** Colours every value; ignored and non-finite ones become {@link #NO_VALUE}. */
  static int[] map(float[] values, DoubleToIntFunction colour) {
    int[] picture = new int[values.length];
    float last = Labels.IGNORE; // classes lie beside their own kind
    int lastColour = NO_VALUE;
    for (int i = 0; i < values.length; i++) {
      if (values[i] != last) {
        last = values[i];
        lastColour = isValue(last) ? colour.applyAsInt(last) : NO_VALUE;
      }
      picture[i] = lastColour;
    }
    return picture;
  }

  static boolean isValue(float value) {
    return value != Labels.IGNORE && Float.isFinite(value);
  }

  /** Red, green and blue in 0..1, clamped, rounded to 8 bits. */
  static int rgb(double red, double green, double blue) {
    return level(red) << 16 | level(green) << 8 | level(blue);
  }

  private static int level(double share) {
    return (int) (255 * Math.min(Math.max(share, 0), 1) + 0.5);
  }

  /** Grey, black at 0 and white at 1. */
  static int grey(double share) {
    return rgb(share, share, share);
  }

  /**
   * The colour of a class: bits 0, 3, 6 ... of the index are the leading bits of red, bits 1, 4, 7
   * ... of green, 2, 5, 8 ... of blue. Different for all classes; 0, the background, is black.
   */
  static int ofClass(int index) {
    int red = 0;
    int green = 0;
    int blue = 0;
    for (int bit = 7, rest = index; rest > 0 && bit >= 0; bit--, rest >>= 3) {
      red |= (rest & 1) << bit;
      green |= (rest >> 1 & 1) << bit;
      blue |= (rest >> 2 & 1) << bit;
    }
    return red << 16 | green << 8 | blue;
  }

  /**
   * The colour of a share of the range of depths: pale yellow at 0 (near) through red to dark
   * violet at 1 (far). In Oklab (Ottosson 2020) lightness falls evenly while the hue turns, so
   * equal steps look equal and the order survives in grey.
   */
  static int ofDepth(double share) {
    double s = Math.min(Math.max(share, 0), 1);
    return Depths.COLOURS[(int) Math.round(s * (Depths.COLOURS.length - 1))];
  }

  /** The colours of shares at even distances, closer than colours differ. */
  private static final class Depths {
    static final int[] COLOURS =
        IntStream.range(0, 1 << 12).map(i -> depth(i / ((1 << 12) - 1.0))).toArray();
  }

  private static int depth(double s) {
    double lightness = 0.95 - 0.75 * s;
    double chroma = 0.05 + 0.13 * Math.sin(Math.PI * s);
    double hue = Math.toRadians(105 - 185 * s);
    return oklab(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue));
  }

  private static int oklab(double lightness, double a, double b) {
    double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
    double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
    double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
    return rgb(
        gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
        gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
        gamma(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
  }

  private static double cube(double x) {
    return x * x * x;
  }

  /** The sRGB transfer curve (IEC 61966-2-1). */
  private static double gamma(double linear) {
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
  }
}
