package dev.mtlora.model;

import dev.mtlora.image.Rgb;
import dev.mtlora.task.Label;

/** Predictions drawn over the picture that they are of. */
final class Overlays {
  private static final double SHARE = 0.6;

  private Overlays() {}

  static Rgb of(PredictedMap map, Rgb photograph) {
    Rgb shown = map.picture();
    Rgb below = photograph.resized(shown.width(), shown.height());
    float[] values = map.numbers();
    int[] pixels = new int[shown.pixels().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = mixed(shown.pixels()[i], below.pixels()[i], share(map, values[i]));
    }
    return new Rgb(pixels, shown.width(), shown.height());
  }

  /** How much of the prediction shows, by its first channel. */
  private static double share(PredictedMap map, float value) {
    Label label = map.task().label();
    if (label instanceof Label.Classes) {
      return value == 0 ? 0 : SHARE;
    }
    return label instanceof Label.Mask ? SHARE * Math.max(0, Math.min(1, value)) : SHARE;
  }

  private static int mixed(int over, int below, double share) {
    int red = level(over >> 16 & 0xFF, below >> 16 & 0xFF, share);
    int green = level(over >> 8 & 0xFF, below >> 8 & 0xFF, share);
    return red << 16 | green << 8 | level(over & 0xFF, below & 0xFF, share);
  }

  private static int level(int over, int below, double share) {
    return (int) Math.round(share * over + (1 - share) * below);
  }
}
