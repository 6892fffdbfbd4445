package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;

/**
 * What makes a picture unsharp: every pixel becomes the mean of a few pixels around it, spread over
 * a disc or along a streak.
 *
 * @param columns offsets of the pixels, 1 is the radius
 * @param rows offsets of the pixels, 1 is the radius
 * @param radius in shares of the picture's side; 0 is sharp
 * @param focus depth in metres that stays sharp; infinite means that all depths blur alike
 */
record Lens(double[] columns, double[] rows, double radius, double focus) {
  private static final int TAPS = 9;
  private static final double WIDEST = 2.5; // times the radius

  /** Sharp most often; soft, shaken, or in focus at the depth of the picture's middle. */
  static Lens draw(Frame frame, Rng rng) {
    double[] columns = new double[TAPS];
    double[] rows = new double[TAPS];
    double kind = rng.uniform();
    double turn = rng.uniform(0, 2 * Math.PI);
    double amount = rng.uniform();
    boolean streak = kind < 0.06;
    for (int i = 1; i < TAPS; i++) {
      int pair = (i + 1) / 2;
      double out = streak ? pair * 2.0 / (TAPS - 1) : Math.sqrt(i / (TAPS - 1.0));
      double angle = streak ? turn + (i % 2) * Math.PI : turn + i * 2.399963;
      columns[i] = out * StrictMath.cos(angle);
      rows[i] = out * StrictMath.sin(angle);
    }
    double middle = frame.depth[frame.size * (frame.size / 2) + frame.size / 2];
    double far = Double.POSITIVE_INFINITY;
    if (streak) {
      return new Lens(columns, rows, 0.006 + 0.01 * amount, far);
    }
    if (kind < 0.18) {
      return new Lens(columns, rows, 0.004 + 0.005 * amount, far);
    }
    boolean shallow = kind < 0.34 && middle < far;
    return new Lens(columns, rows, shallow ? 0.004 + 0.008 * amount : 0, middle);
  }

  /** Linear RGB as it falls on the film; the frame's own where the lens is sharp. */
  double[] see(Frame frame) {
    if (radius == 0) {
      return frame.light;
    }
    double[] seen = new double[frame.light.length];
    for (int y = 0; y < frame.size; y++) {
      for (int x = 0; x < frame.size; x++) {
        int i = y * frame.size + x;
        double reach = frame.size * radius * (focus < Ray.MISS ? away(frame.depth[i]) : 1);
        if (reach < 0.5) {
          System.arraycopy(frame.light, 3 * i, seen, 3 * i, 3);
        } else {
          mean(frame, x, y, reach, seen);
        }
      }
    }
    return seen;
  }

  private double away(double depth) {
    return Math.min(WIDEST, 2 * Math.abs(1 - focus / depth));
  }

  private static int within(int last, int at) {
    return at < 0 ? 0 : at < last ? at : last;
  }

  private void mean(Frame frame, int x, int y, double reach, double[] seen) {
    int last = frame.size - 1;
    double r = 0;
    double g = 0;
    double b = 0;
    for (int k = 0; k < TAPS; k++) {
      int u = within(last, (int) (x + 0.5 + reach * columns[k]));
      int v = within(last, (int) (y + 0.5 + reach * rows[k]));
      int from = 3 * (v * frame.size + u);
      r += frame.light[from];
      g += frame.light[from + 1];
      b += frame.light[from + 2];
    }
    int i = 3 * (y * frame.size + x);
    seen[i] = r / TAPS;
    seen[i + 1] = g / TAPS;
    seen[i + 2] = b / TAPS;
  }
}
