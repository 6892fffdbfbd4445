package dev.mtlora.data.scenes;

/**
 * The rectangle that a solid's bounding box covers in a pinhole projection looking along -z of a
 * pose: u = x / depth, v = y / depth. A solid that reaches behind the pinhole covers everything.
 */
record Outline(
    double left, double right, double bottom, double top, double nearest, double farthest) {
  private static final double INF = Double.POSITIVE_INFINITY;

  /** The outline of a solid seen from a pose. */
  static Outline of(Solid solid, Pose from) {
    double left = INF;
    double right = -INF;
    double bottom = INF;
    double top = -INF;
    double nearest = INF;
    double farthest = -INF;
    for (int corner = 0; corner < 8; corner++) {
      Vec p =
          solid.pose.point(
              (corner & 1) == 0 ? solid.hx : -solid.hx,
              (corner & 2) == 0 ? solid.hy : -solid.hy,
              (corner & 4) == 0 ? solid.hz : -solid.hz);
      Vec d = p.minus(from.at());
      double depth = -d.dot(from.z());
      nearest = Math.min(nearest, depth);
      farthest = Math.max(farthest, depth);
      left = Math.min(left, d.dot(from.x()) / depth);
      right = Math.max(right, d.dot(from.x()) / depth);
      bottom = Math.min(bottom, d.dot(from.y()) / depth);
      top = Math.max(top, d.dot(from.y()) / depth);
    }
    return nearest < 1e-3
        ? new Outline(-INF, INF, -INF, INF, nearest, farthest)
        : new Outline(left, right, bottom, top, nearest, farthest);
  }
}
