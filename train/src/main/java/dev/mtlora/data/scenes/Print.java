package dev.mtlora.data.scenes;

import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;

/**
 * Turns light into a picture of version 2: a lens that blurs, exposure, a colour cast, more or less
 * colour and contrast, vignette, noise, rounding. It changes the picture and no label.
 */
final class Print {
  private final Frame frame;
  private final double red;
  private final double green;
  private final double blue;
  private final double colourful;
  private final double contrast;
  private final double vignette;
  private final double grain;
  private final double tinted;

  private Print(Frame frame, Domain domain, Rng rng) {
    boolean source = domain == Domain.SOURCE;
    this.frame = frame;
    double exposure = exposure(frame, rng.uniform(0.13, 0.36));
    double cast = rng.chance(0.35) ? rng.uniform(-0.3, 0.3) : rng.uniform(-0.06, 0.06);
    double warm = source ? cast : -0.05 + cast;
    red = exposure * (1 + warm);
    green = exposure * (1 + rng.uniform(-0.06, 0.06));
    blue = exposure * (1 - warm);
    colourful = rng.chance(0.1) ? rng.uniform(0, 0.3) : rng.uniform(0.6, 1.25);
    contrast = rng.uniform(0, 0.8);
    vignette = rng.uniform(0, source ? 0.25 : 0.5);
    double noise = rng.uniform();
    grain = (source ? 1 : 2.5) + (source ? 8 : 12) * noise * noise;
    tinted = rng.uniform(0.1, 0.5);
  }

  /** RGB of whole numbers 0..255. */
  static Raster develop(Frame frame, Domain domain, Rng rng) {
    Print print = new Print(frame, domain, rng);
    return print.finish(Lens.draw(frame, rng).see(frame), rng);
  }

  private Raster finish(double[] light, Rng rng) {
    float[] values = new float[light.length];
    double middle = frame.size / 2.0;
    int i = 0;
    for (int y = 0; y < frame.size; y++) {
      double dy = (y + 0.5 - middle) / middle;
      for (int x = 0; x < frame.size; x++, i += 3) {
        double dx = (x + 0.5 - middle) / middle;
        double dim = 1 - vignette * (dx * dx + dy * dy) / 2;
        double r = tone(light[i] * red * dim);
        double g = tone(light[i + 1] * green * dim);
        double b = tone(light[i + 2] * blue * dim);
        double grey = 0.3 * r + 0.6 * g + 0.1 * b;
        long bits = rng.nextLong();
        double base = grey + grain * noise(bits);
        values[i] = level(base + colourful * (r - grey) + tinted * grain * noise(bits << 16));
        values[i + 1] = level(base + colourful * (g - grey) + tinted * grain * noise(bits << 24));
        values[i + 2] = level(base + colourful * (b - grey) + tinted * grain * noise(bits << 32));
      }
    }
    return new Raster(frame.size, frame.size, 3, values);
  }

  /** Gamma 2, then an S-curve; 0..255. */
  private double tone(double light) {
    double v = light < 1 ? Math.sqrt(light) : 1;
    return 255 * (v + contrast * v * (1 - v) * (2 * v - 1));
  }

  /** A triangular random number in (-1, 1) from the first 32 of 64 random bits. */
  private static double noise(long bits) {
    return ((bits >>> 48) - ((bits >>> 32) & 0xffff)) * 0x1.0p-16;
  }

  private static float level(double value) {
    return value < 0 ? 0 : value < 255 ? (int) (value + 0.5) : 255;
  }

  /** The factor that brings the mean of the picture to a level; highlights count as white. */
  private static double exposure(Frame frame, double level) {
    double sum = 0;
    for (double v : frame.light) {
      sum += v < 1.5 ? v : 1.5;
    }
    return level * frame.light.length / Math.max(sum, 1e-6);
  }
}
