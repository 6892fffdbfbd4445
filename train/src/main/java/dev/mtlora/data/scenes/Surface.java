package dev.mtlora.data.scenes;

import org.jspecify.annotations.Nullable;

/** The point a ray has met; one object is reused for all rays of an image. */
final class Surface {
  /** Local normal, of any length. */
  final double[] local = new double[3];

  @Nullable Solid solid;
  int face;
  // world point
  double px;
  double py;
  double pz;
  // the same point in the frame of the solid
  double lx;
  double ly;
  double lz;
  // world unit normal
  double nx;
  double ny;
  double nz;
}
