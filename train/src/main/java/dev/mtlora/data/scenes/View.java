package dev.mtlora.data.scenes;

/**
 * A pinhole camera with a square picture. Rays have length 1 along the optical axis, so the t of a
 * hit is its depth along the axis in metres.
 */
final class View {
  /** Nothing nearer than this is seen, metres. */
  static final double NEAR = 0.05;

  /** Where the camera is; its x axis points right, y up, z back to the viewer. */
  final Pose pose;

  final int size;

  /** Half the picture's width at depth 1. */
  final double spread;

  /** Width of a pixel at depth 1. */
  final double pixel;

  // The axes once more as plain numbers: they are read for every ray.
  private final double rightX;
  private final double rightY;
  private final double rightZ;
  private final double upX;
  private final double upY;
  private final double upZ;
  private final double backX;
  private final double backY;
  private final double backZ;

  View(Pose pose, double spread, int size) {
    this.pose = pose;
    this.spread = spread;
    this.size = size;
    pixel = 2 * spread / size;
    rightX = pose.x().x();
    rightY = pose.x().y();
    rightZ = pose.x().z();
    upX = pose.y().x();
    upY = pose.y().y();
    upZ = pose.y().z();
    backX = pose.z().x();
    backY = pose.z().y();
    backZ = pose.z().z();
  }

  /** Sets the ray through a place in the picture, in pixels; the first pixel's centre is 0.5. */
  void aim(Ray ray, double column, double row) {
    double u = column * pixel - spread;
    double v = spread - row * pixel;
    ray.ox = pose.at().x();
    ray.oy = pose.at().y();
    ray.oz = pose.at().z();
    ray.dx = u * rightX + v * upX - backX;
    ray.dy = u * rightY + v * upY - backY;
    ray.dz = u * rightZ + v * upZ - backZ;
    ray.near = NEAR;
  }

  /** Writes the normal of a surface in camera axes: x right, y up, z to the viewer. */
  void normal(Surface s, float[] out, int at) {
    out[at] = (float) (s.nx * rightX + s.ny * rightY + s.nz * rightZ);
    out[at + 1] = (float) (s.nx * upX + s.ny * upY + s.nz * upZ);
    out[at + 2] = (float) (s.nx * backX + s.ny * backY + s.nz * backZ);
  }
}
