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

  View(Pose pose, double spread, int size) {
    this.pose = pose;
    this.spread = spread;
    this.size = size;
  }

  /** Width of a pixel at depth 1. */
  double pixel() {
    return 2 * spread / size;
  }

  /** Sets the ray through a place in the picture, in pixels; the first pixel's centre is 0.5. */
  void aim(Ray ray, double column, double row) {
    double u = column * pixel() - spread;
    double v = spread - row * pixel();
    ray.ox = pose.at().x();
    ray.oy = pose.at().y();
    ray.oz = pose.at().z();
    ray.dx = u * pose.x().x() + v * pose.y().x() - pose.z().x();
    ray.dy = u * pose.x().y() + v * pose.y().y() - pose.z().y();
    ray.dz = u * pose.x().z() + v * pose.y().z() - pose.z().z();
    ray.near = NEAR;
  }
}
