package dev.mtlora.data.scenes;

/**
 * How two colours share a surface. {@link #at} gets the place in pattern units (on flat faces x and
 * y lie in the face) and the width f of a pixel in the same units; it returns 0 (first colour) .. 1
 * (second colour). Edges are as soft as a pixel is wide, so far patterns fade instead of
 * flickering.
 */
enum Pattern {
  /** The first colour. */
  PLAIN {
    @Override
    double at(double x, double y, double z, double f) {
      return 0;
    }
  },
  /** Bands across y. */
  STRIPES {
    @Override
    double at(double x, double y, double z, double f) {
      return 0.5 + 0.5 * wave(y, f);
    }
  },
  /** Alternating cubes. */
  CHECKER {
    @Override
    double at(double x, double y, double z, double f) {
      return 0.5 + 0.5 * wave(x, f) * wave(y, f) * wave(z, f);
    }
  },
  /** Crossing bands. */
  PLAID {
    @Override
    double at(double x, double y, double z, double f) {
      double thin = 0.15 * wave(2.5 * x + 0.3, 2.5 * f) * wave(2.5 * y, 2.5 * f);
      return 0.5 + 0.2 * (wave(x, f) + wave(y, f)) + thin * 0.6;
    }
  },
  /** Rows of bricks, two units wide and one high; every brick has its own tint. */
  BRICK {
    @Override
    double at(double x, double y, double z, double f) {
      double row = Math.floor(y);
      double u = 0.5 * x + 0.5 * (row - 2 * Math.floor(0.5 * row));
      double joint = Math.min(y - row, row + 1 - y);
      joint = Math.min(joint, 2 * Math.min(u - Math.floor(u), Math.floor(u) + 1 - u));
      double tint = 0.35 * Noise.lattice((int) Math.floor(u), (int) row, 7);
      return fade(line(joint, 0.06, f), 0.12, f) * (1 - tint) + tint;
    }
  },
  /** Square tiles with joints; every tile has its own tint. */
  TILES {
    @Override
    double at(double x, double y, double z, double f) {
      double u = x - Math.floor(x);
      double v = y - Math.floor(y);
      double joint = Math.min(Math.min(u, 1 - u), Math.min(v, 1 - v));
      double tint = 0.3 * Noise.lattice((int) Math.floor(x), (int) Math.floor(y), 3);
      return fade(line(joint, 0.04, f), 0.15, f) * (1 - tint) + tint;
    }
  },
  /** Planks along x with grain. */
  WOOD {
    @Override
    double at(double x, double y, double z, double f) {
      double plank = Math.floor(y);
      double joint = line(Math.min(y - plank, plank + 1 - y), 0.03, f);
      double grain = Noise.smooth(0.7 * x + 5 * plank, 9 * y, 9 * z);
      double tint = 0.4 * Noise.lattice((int) plank, 11, 5);
      return Math.min(1, 0.5 * fade(grain, 0.5, 4 * f) + tint + 0.5 * joint);
    }
  },
  /** Dots on a square grid. */
  DOTS {
    @Override
    double at(double x, double y, double z, double f) {
      double u = x - Math.floor(x) - 0.5;
      double v = y - Math.floor(y) - 0.5;
      return fade(line(Math.sqrt(u * u + v * v), 0.3, f), 0.28, f);
    }
  },
  /** Veins. */
  MARBLE {
    @Override
    double at(double x, double y, double z, double f) {
      double bend = Noise.smooth(0.7 * x, 0.7 * y, 0.7 * z);
      double vein = Noise.smooth(1.5 * x + 3 * bend, 1.5 * y, 1.5 * z + 2 * bend) - 0.5;
      double k = 1 - Math.min(1, 6 * Math.abs(vein));
      return fade(k * k, 0.2, 2 * f);
    }
  },
  /** Blots. */
  CLOUDY {
    @Override
    double at(double x, double y, double z, double f) {
      double big = Noise.smooth(x, y, z);
      double small = Noise.smooth(3.1 * x, 3.1 * y, 3.1 * z);
      return fade(0.6 * big + 0.4 * small, 0.5, f);
    }
  },
  /** Grains, as in sand, grass and concrete. */
  GRAINY {
    @Override
    double at(double x, double y, double z, double f) {
      double fine = fade(Noise.smooth(4 * x, 4 * y, 4 * z), 0.5, 4 * f);
      return 0.5 * fine + 0.5 * fade(Noise.smooth(0.6 * x, 0.6 * y, 0.6 * z), 0.5, 0.6 * f);
    }
  };

  /** The share of the second colour, 0..1. */
  abstract double at(double x, double y, double z, double f);

  /** A square wave of period 2 between -1 and 1 with ramps as wide as a pixel. */
  private static double wave(double x, double f) {
    double t = 0.5 * x;
    double u = 4 * Math.abs(t - Math.floor(t) - 0.5) - 1; // triangle, slope 2
    double steep = u / Math.max(2 * f, 1e-3);
    return Math.max(-1, Math.min(1, steep));
  }

  /** 1 within a distance of a line, 0 outside, with a ramp as wide as a pixel. */
  private static double line(double distance, double half, double f) {
    return Math.max(0, Math.min(1, (half - distance) / Math.max(f, 1e-3) + 0.5));
  }

  /** Gives way to the mean once details are smaller than pixels. */
  private static double fade(double value, double mean, double f) {
    double k = Math.max(0, Math.min(1, 1.3 - 1.2 * f));
    return mean + k * (value - mean);
  }
}
