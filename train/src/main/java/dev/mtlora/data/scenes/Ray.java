package dev.mtlora.data.scenes;

/**
 * A half line: points o + t d with t at least {@link #near}. One object is reused for all rays of
 * an image, so that casting allocates nothing.
 */
final class Ray {
  /** What an intersection returns when there is none. */
  static final double MISS = Double.POSITIVE_INFINITY;

  double ox;
  double oy;
  double oz;
  double dx;
  double dy;
  double dz;
  double near;
}
