package dev.mtlora.data.scenes;

import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;

/** Turns light into a picture as a camera does: exposure, vignette, gamma 2, noise, rounding. */
final class Film {
  private Film() {}

  /** RGB of whole numbers 0..255. */
  static Raster develop(Frame frame, Domain domain, Rng rng) {
    boolean source = domain == Domain.SOURCE;
    double exposure = exposure(frame, rng.uniform(0.15, 0.3));
    double vignette = source ? 0 : rng.uniform(0, 0.45);
    double noise = source ? rng.uniform(1, 4) : rng.uniform(3, 9);
    float[] values = new float[frame.light.length];
    double middle = frame.size / 2.0;
    for (int pixel = 0; pixel < values.length / 3; pixel++) {
      double dx = (pixel % frame.size + 0.5 - middle) / middle;
      int row = pixel / frame.size;
      double dy = (row + 0.5 - middle) / middle;
      double dim = exposure * (1 - vignette * (dx * dx + dy * dy) / 2);
      for (int i = 3 * pixel; i < 3 * pixel + 3; i++) {
        double level = 255 * Math.sqrt(frame.light[i] * dim) + noise * triangular(rng.nextLong());
        values[i] = (int) (Math.max(0, Math.min(255, level)) + 0.5);
      }
    }
    return new Raster(frame.size, frame.size, 3, values);
  }

  /** A triangular random number in (-1, 1) from 64 random bits. */
  private static double triangular(long bits) {
    return ((bits >>> 32) - (bits & 0xffffffffL)) * 0x1.0p-32;
  }

  /** The factor that brings the mean of the picture to a level; highlights count as white. */
  private static double exposure(Frame frame, double level) {
    double sum = 0;
    for (double v : frame.light) {
      sum += Math.min(v, 1.5);
    }
    return level * frame.light.length / Math.max(sum, 1e-6);
  }
}
