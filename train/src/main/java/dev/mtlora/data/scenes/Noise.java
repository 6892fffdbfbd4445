package dev.mtlora.data.scenes;

/** Value noise: random numbers on the integer lattice, smoothly joined. No tables, no state. */
final class Noise {
  private Noise() {}

  /** A number in [0, 1) that belongs to a lattice point. */
  static double lattice(int x, int y, int z) {
    int h = x * 0x8da6b343 ^ y * 0xd8163841 ^ z * 0xcb1ab31f;
    h = (h ^ (h >>> 15)) * 0x2c1b3c6d;
    h = (h ^ (h >>> 12)) * 0x297a2d39;
    return ((h ^ (h >>> 15)) >>> 8) * 0x1.0p-24;
  }

  /** Smooth noise in [0, 1) with bumps about one unit wide. */
  static double smooth(double x, double y, double z) {
    double fx = Math.floor(x);
    double fy = Math.floor(y);
    double fz = Math.floor(z);
    int ix = (int) fx;
    int iy = (int) fy;
    int iz = (int) fz;
    double u = ease(x - fx);
    double v = ease(y - fy);
    double w = ease(z - fz);
    double front = square(ix, iy, iz, u, v);
    return front + w * (square(ix, iy, iz + 1, u, v) - front);
  }

  private static double square(int ix, int iy, int iz, double u, double v) {
    double a = lattice(ix, iy, iz);
    double b = lattice(ix, iy + 1, iz);
    a += u * (lattice(ix + 1, iy, iz) - a);
    b += u * (lattice(ix + 1, iy + 1, iz) - b);
    return a + v * (b - a);
  }

  private static double ease(double t) {
    return t * t * (3 - 2 * t);
  }
}
