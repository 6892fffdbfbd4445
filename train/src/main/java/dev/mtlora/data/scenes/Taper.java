package dev.mtlora.data.scenes;

/** What two balls on the y axis span: a limb, a peg, an egg. Convex, without creases. */
final class Taper extends Solid {
  private final double half;
  private final double below;
  private final double above;
  private final double sin; // of the angle between axis and side
  private final double cos;
  private final double low; // the side touches the balls at these heights
  private final double high;

  /**
   * Balls of radius {@code below} at -{@code half} and {@code above} at {@code half}; neither holds
   * the other.
   */
  Taper(Pose pose, double below, double above, double half, Tag tag) {
    super(
        pose,
        new Vec(Math.max(below, above), half + Math.max(below, above), Math.max(below, above)),
        tag);
    this.half = half;
    this.below = below;
    this.above = above;
    sin = (below - above) / (2 * half);
    cos = Math.sqrt(1 - sin * sin);
    low = below * sin - half;
    high = above * sin + half;
  }

  @Override
  double meet(Ray r) {
    // Points of the side: cos * rho = (below + above) / 2 - sin * y.
    double width = (below + above) / 2 - sin * r.oy;
    double a = cos * cos * (r.dx * r.dx + r.dz * r.dz) - sin * sin * r.dy * r.dy;
    double b = cos * cos * (r.ox * r.dx + r.oz * r.dz) + sin * r.dy * width;
    double c = cos * cos * (r.ox * r.ox + r.oz * r.oz) - width * width;
    double disc = b * b - a * c;
    double best = Ray.MISS;
    if (disc > 0 && a != 0) {
      double root = Math.sqrt(disc);
      best = Math.min(side(r, (-b - root) / a), side(r, (-b + root) / a));
    }
    if (best < Ray.MISS) {
      return best;
    }
    double bottom = ball(r, -half, below);
    double top = ball(r, half, above);
    return Math.min(
        r.oy + bottom * r.dy <= low ? bottom : Ray.MISS,
        r.oy + top * r.dy >= high ? top : Ray.MISS);
  }

  private double side(Ray r, double t) {
    double y = r.oy + t * r.dy;
    if (t < r.near || y < low || y > high) {
      return Ray.MISS;
    }
    // Where the ray leaves is no hit: it may have come in through a ball.
    double x = r.ox + t * r.dx;
    double z = r.oz + t * r.dz;
    double along = cos * (x * r.dx + z * r.dz) + sin * Math.sqrt(x * x + z * z) * r.dy;
    return along < 0 ? t : Ray.MISS;
  }

  private static double ball(Ray r, double centre, double radius) {
    double oy = r.oy - centre;
    double a = r.dx * r.dx + r.dy * r.dy + r.dz * r.dz;
    double b = r.ox * r.dx + oy * r.dy + r.oz * r.dz;
    double disc = b * b - a * (r.ox * r.ox + oy * oy + r.oz * r.oz - radius * radius);
    double t = (-b - Math.sqrt(Math.max(0, disc))) / a;
    return disc > 0 && t >= r.near ? t : Ray.MISS;
  }

  @Override
  void normal(double x, double y, double z, double[] n) {
    double foot = y - Math.sqrt(x * x + z * z) * sin / cos;
    n[0] = x;
    n[1] = y - Math.max(-half, Math.min(half, foot));
    n[2] = z;
  }

  @Override
  double bound() {
    return hy;
  }

  @Override
  double reach(Vec u) {
    double along = u.dot(pose.y()) * half;
    return Math.max(above + along, below - along);
  }
}
