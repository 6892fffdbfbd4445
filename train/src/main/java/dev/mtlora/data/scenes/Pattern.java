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
  },
  /** Bands across y that go up and down along x. */
  ZIGZAG {
    @Override
    double at(double x, double y, double z, double f) {
      double u = 0.5 * x - Math.floor(0.5 * x);
      return 0.5 + 0.5 * wave(y + 2 * Math.abs(u - 0.5), 1.4 * f);
    }
  },
  /** Bands that wander, as on a zebra. */
  WAVES {
    @Override
    double at(double x, double y, double z, double f) {
      double bend = Noise.smooth(0.8 * x, 0.8 * y, 0.8 * z);
      return 0.5 + 0.5 * wave(1.2 * y + 2.5 * bend, 2 * f);
    }
  },
  /** Squares of bands that run along and across in turn, as in a basket. */
  WEAVE {
    @Override
    double at(double x, double y, double z, double f) {
      double column = Math.floor(0.5 * x);
      double row = Math.floor(0.5 * y);
      boolean across = Math.floor(0.5 * (column + row)) * 2 == column + row;
      double tint = 0.2 * Noise.lattice((int) column, (int) row, 13);
      return tint + (1 - tint) * (0.5 + 0.4 * wave(2 * (across ? y : x), 2 * f));
    }
  },
  /** Rows of round shingles; each has its own tint. */
  SCALES {
    @Override
    double at(double x, double y, double z, double f) {
      double row = Math.floor(y);
      double across = x + 0.5 * (row - 2 * Math.floor(0.5 * row));
      double u = across - Math.floor(across) - 0.5;
      double v = y - row;
      boolean below = u * u + v * v < 0.25;
      double rim = Math.abs(Math.sqrt(u * u + v * v) - 0.5);
      double tint = 0.5 * Noise.lattice((int) Math.floor(across), (int) row + (below ? 0 : 99), 17);
      return fade(Math.max(tint, line(rim, 0.06, f)), 0.35, f);
    }
  },
  /** Six-cornered tiles with joints; every tile has its own tint. */
  HEXAGONS {
    @Override
    double at(double x, double y, double z, double f) {
      // Centres lie on two rectangular grids; the nearer one owns the point.
      double wide = 1.7320508;
      double u = x / wide;
      double ax = (u - Math.rint(u)) * wide;
      double ay = y - Math.rint(y);
      double bx = (u - 0.5 - Math.rint(u - 0.5)) * wide;
      double by = y - 0.5 - Math.rint(y - 0.5);
      boolean first = ax * ax + ay * ay < bx * bx + by * by;
      double px = Math.abs(first ? ax : bx);
      double py = Math.abs(first ? ay : by);
      double joint = 0.5 - Math.max(py, 0.8660254 * px + 0.5 * py);
      int column = (int) Math.rint(2 * (x - (first ? ax : bx)) / wide);
      double tint = 0.45 * Noise.lattice(column, (int) Math.rint(2 * (y - (first ? ay : by))), 19);
      return fade(line(joint, 0.04, f), 0.15, f) * (1 - tint) + tint;
    }
  },
  /** Pebbles: every point has the tint of the nearest of scattered centres. */
  CELLS {
    @Override
    double at(double x, double y, double z, double f) {
      double cx = Math.floor(x - 0.5);
      double cy = Math.floor(y - 0.5);
      int layer = (int) Math.floor(z);
      double nearest = 9;
      double tint = 0;
      for (int i = 0; i < 4; i++) {
        int ix = (int) cx + (i & 1);
        int iy = (int) cy + (i >> 1);
        double dx = ix + 0.25 + 0.5 * Noise.lattice(ix, iy, layer) - x;
        double dy = iy + 0.25 + 0.5 * Noise.lattice(iy, ix, layer + 7) - y;
        if (dx * dx + dy * dy < nearest) {
          nearest = dx * dx + dy * dy;
          tint = Noise.lattice(ix, iy, layer + 3);
        }
      }
      return fade(Math.min(1, tint + 0.8 * nearest), 0.6, f);
    }
  },
  /** Blots with clear outlines, as on a cow. */
  SPOTS {
    @Override
    double at(double x, double y, double z, double f) {
      double k = Noise.smooth(0.9 * x, 0.9 * y, 0.9 * z) - 0.52;
      return fade(Math.max(0, Math.min(1, 0.5 + k / Math.max(0.6 * f, 0.01))), 0.45, f);
    }
  },
  /** Small crosses on a grid. */
  CROSSES {
    @Override
    double at(double x, double y, double z, double f) {
      double u = Math.abs(x - Math.floor(x) - 0.5);
      double v = Math.abs(y - Math.floor(y) - 0.5);
      return fade(line(Math.min(u, v), 0.09, f) * line(Math.max(u, v), 0.34, f), 0.2, f);
    }
  },
  /** Circles around the y axis of the thing, on flat faces around a corner of the pattern. */
  CIRCLES {
    @Override
    double at(double x, double y, double z, double f) {
      double u = x - 4 * Math.rint(0.25 * x);
      double v = y - 4 * Math.rint(0.25 * y);
      return 0.5 + 0.5 * wave(2 * Math.sqrt(u * u + v * v), 2 * f);
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
