package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import java.util.Locale;

/**
 * Changes the colours of the image, as another camera or another light would; labels stay.
 *
 * <p>First every value is multiplied by a brightness, then its distance from the mean grey of the
 * image by a contrast, then its distance from the grey of its pixel by a saturation; each factor is
 * uniform in 1 - b .. 1 + b, and values are cut to 0..255 after each. Then all hues are turned by a
 * part of the circle that is uniform in -hue .. hue. Grey is 0.299 R + 0.587 G + 0.114 B.
 *
 * @param brightness 0..1
 * @param contrast 0..1
 * @param saturation 0..1
 * @param hue 0..0.5 of the circle
 */
public record ColourJitter(double brightness, double contrast, double saturation, double hue)
    implements Transform {
  private static final float WHITE = 255;

  public ColourJitter {
    check("brightness", brightness, 1);
    check("contrast", contrast, 1);
    check("saturation", saturation, 1);
    check("hue", hue, 0.5);
  }

  /** Changes nothing. */
  public ColourJitter() {
    this(0, 0, 0, 0);
  }

  private static void check(String what, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "the largest change of %s must be 0..%s but is %s", what, most, value));
    }
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    Change change =
        new Change(
            (float) rng.uniform(1 - brightness, 1 + brightness),
            (float) rng.uniform(1 - contrast, 1 + contrast),
            (float) rng.uniform(1 - saturation, 1 + saturation),
            (float) rng.uniform(-hue, hue));
    return sample.map(change::of, (task, label) -> label);
  }

  /** The change itself, without chance: three factors, and a part of the circle. */
  record Change(float brightness, float contrast, float saturation, float hue) {
    /** The changed image; 3 channels, 0..255. */
    Raster of(Raster image) {
      float[] values = image.values().clone();
      if (brightness != 1) {
        brighten(values);
      }
      if (contrast != 1) {
        blendAll(values, mean(values));
      }
      if (saturation != 1) {
        saturate(values);
      }
      if (hue != 0) {
        turn(values);
      }
      return new Raster(image.height(), image.width(), image.channels(), values);
    }

    private void brighten(float[] values) {
      for (int i = 0; i < values.length; i++) {
        values[i] = cut(brightness * values[i]);
      }
    }

    private void blendAll(float[] values, float mean) {
      for (int i = 0; i < values.length; i++) {
        values[i] = blend(values[i], mean, contrast);
      }
    }

    private void saturate(float[] values) {
      for (int at = 0; at < values.length; at += 3) {
        float grey = grey(values, at);
        for (int i = at; i < at + 3; i++) {
          values[i] = blend(values[i], grey, saturation);
        }
      }
    }

    /** Hue in sixths of the circle: 0 is red, 2 green, 4 blue. */
    private void turn(float[] values) {
      for (int at = 0; at < values.length; at += 3) {
        float r = values[at];
        float g = values[at + 1];
        float b = values[at + 2];
        float most = Math.max(r, Math.max(g, b));
        float range = most - Math.min(r, Math.min(g, b));
        if (range > 0) {
          float sixth =
              most == r ? (g - b) / range : most == g ? 2 + (b - r) / range : 4 + (r - g) / range;
          float turned = sixth + 6 * hue + 12; // positive
          values[at] = most - range * missing(5 + turned);
          values[at + 1] = most - range * missing(3 + turned);
          values[at + 2] = most - range * missing(1 + turned);
        }
      }
    }

    /** Which part of its range a channel lacks. */
    private static float missing(float sixth) {
      float k = sixth % 6;
      return Math.max(0, Math.min(1, Math.min(k, 4 - k)));
    }
  }

  private static float mean(float[] values) {
    double sum = 0;
    for (int at = 0; at < values.length; at += 3) {
      sum += grey(values, at);
    }
    return (float) (3 * sum / values.length);
  }

  private static float grey(float[] values, int at) {
    return 0.299f * values[at] + 0.587f * values[at + 1] + 0.114f * values[at + 2];
  }

  private static float blend(float value, float with, float factor) {
    return cut(with + factor * (value - with));
  }

  private static float cut(float value) {
    return Math.min(WHITE, Math.max(0, value));
  }
}
