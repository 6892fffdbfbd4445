package dev.mtlora.data.scenes;

/** The solids. Each is a few lines of algebra in its own frame; tests compare with closed forms. */
final class Shapes {
  private Shapes() {}

  /** An ellipsoid with the half extents as semi-axes. */
  static final class Ball extends Solid {
    Ball(Pose pose, Vec half, Tag tag) {
      super(pose, half, tag);
    }

    @Override
    double meet(Ray r) {
      double ox = r.ox / hx;
      double oy = r.oy / hy;
      double oz = r.oz / hz;
      double dx = r.dx / hx;
      double dy = r.dy / hy;
      double dz = r.dz / hz;
      double a = dx * dx + dy * dy + dz * dz;
      double b = ox * dx + oy * dy + oz * dz;
      double c = ox * ox + oy * oy + oz * oz - 1;
      double disc = b * b - a * c;
      if (disc <= 0) {
        return Ray.MISS;
      }
      double t = (-b - Math.sqrt(disc)) / a;
      return t >= r.near ? t : Ray.MISS;
    }

    @Override
    void normal(double x, double y, double z, double[] n) {
      n[0] = x / (hx * hx);
      n[1] = y / (hy * hy);
      n[2] = z / (hz * hz);
    }

    @Override
    double bound() {
      return Math.max(hx, Math.max(hy, hz));
    }

    @Override
    double reach(Vec u) {
      double x = u.dot(pose.x()) * hx;
      double y = u.dot(pose.y()) * hy;
      double z = u.dot(pose.z()) * hz;
      return Math.sqrt(x * x + y * y + z * z);
    }
  }

  /** A rectangular box. */
  static final class Box extends Solid {
    Box(Pose pose, Vec half, Tag tag) {
      super(pose, half, tag);
    }

    @Override
    double meet(Ray r) {
      double kx = 1 / r.dx;
      double ky = 1 / r.dy;
      double kz = 1 / r.dz;
      double sx = Math.abs(kx) * hx;
      double sy = Math.abs(ky) * hy;
      double sz = Math.abs(kz) * hz;
      double enter = Math.max(Math.max(-r.ox * kx - sx, -r.oy * ky - sy), -r.oz * kz - sz);
      double leave = Math.min(Math.min(-r.ox * kx + sx, -r.oy * ky + sy), -r.oz * kz + sz);
      return enter <= leave && enter >= r.near ? enter : Ray.MISS;
    }

    @Override
    int face(double x, double y, double z) {
      double ax = Math.abs(x) - hx;
      double ay = Math.abs(y) - hy;
      double az = Math.abs(z) - hz;
      if (ax >= ay && ax >= az) {
        return x > 0 ? 0 : 1;
      }
      return ay >= az ? (y > 0 ? 2 : 3) : (z > 0 ? 4 : 5);
    }

    @Override
    void normal(double x, double y, double z, double[] n) {
      int face = face(x, y, z);
      n[0] = face == 0 ? 1 : face == 1 ? -1 : 0;
      n[1] = face == 2 ? 1 : face == 3 ? -1 : 0;
      n[2] = face == 4 ? 1 : face == 5 ? -1 : 0;
    }

    @Override
    boolean flat() {
      return true;
    }
  }

  /** A cylinder or (truncated) cone around y: another radius at the bottom than at the top. */
  static final class Frustum extends Solid {
    private final double middle;
    private final double slope;

    Frustum(Pose pose, double bottom, double top, double halfHeight, Tag tag) {
      super(pose, new Vec(Math.max(bottom, top), halfHeight, Math.max(bottom, top)), tag);
      this.middle = (bottom + top) / 2;
      this.slope = (top - bottom) / (2 * halfHeight);
    }

    @Override
    double meet(Ray r) {
      double best = Math.min(cap(r, hy), cap(r, -hy));
      double radius = middle + slope * r.oy; // of the cone at the height of the origin
      double a = r.dx * r.dx + r.dz * r.dz - slope * slope * r.dy * r.dy;
      double b = r.ox * r.dx + r.oz * r.dz - slope * r.dy * radius;
      double c = r.ox * r.ox + r.oz * r.oz - radius * radius;
      double disc = b * b - a * c;
      if (disc < 0 || a == 0) {
        return best;
      }
      double root = Math.sqrt(disc);
      return Math.min(best, Math.min(side(r, (-b - root) / a), side(r, (-b + root) / a)));
    }

    private double cap(Ray r, double y) {
      double t = (y - r.oy) / r.dy;
      double x = r.ox + t * r.dx;
      double z = r.oz + t * r.dz;
      double radius = middle + slope * y;
      return t >= r.near && x * x + z * z <= radius * radius ? t : Ray.MISS;
    }

    private double side(Ray r, double t) {
      double y = r.oy + t * r.dy;
      return t >= r.near && Math.abs(y) <= hy ? t : Ray.MISS;
    }

    @Override
    int face(double x, double y, double z) {
      // A side point this close to a rim is taken for the cap: less than a thousandth of a pixel.
      double rim = 1e-7;
      return y >= hy - rim ? 1 : y <= rim - hy ? 2 : 0;
    }

    @Override
    void normal(double x, double y, double z, double[] n) {
      int face = face(x, y, z);
      n[0] = face == 0 ? x : 0;
      n[1] = face == 0 ? -slope * (middle + slope * y) : face == 1 ? 1 : -1;
      n[2] = face == 0 ? z : 0;
    }
  }

  /** A cylinder around y with round ends. */
  static final class Capsule extends Solid {
    private final double half; // of the straight part

    Capsule(Pose pose, double radius, double halfStraight, Tag tag) {
      super(pose, new Vec(radius, halfStraight + radius, radius), tag);
      this.half = halfStraight;
    }

    @Override
    double meet(Ray r) {
      double a = r.dx * r.dx + r.dz * r.dz;
      double b = r.ox * r.dx + r.oz * r.dz;
      double disc = b * b - a * (r.ox * r.ox + r.oz * r.oz - hx * hx);
      if (disc <= 0) {
        return Ray.MISS;
      }
      double t = (-b - Math.sqrt(disc)) / a;
      double y = r.oy + t * r.dy;
      if (Math.abs(y) <= half) {
        return t >= r.near ? t : Ray.MISS;
      }
      return end(r, y > 0 ? half : -half);
    }

    private double end(Ray r, double centre) {
      double oy = r.oy - centre;
      double a = r.dx * r.dx + r.dy * r.dy + r.dz * r.dz;
      double b = r.ox * r.dx + oy * r.dy + r.oz * r.dz;
      double disc = b * b - a * (r.ox * r.ox + oy * oy + r.oz * r.oz - hx * hx);
      if (disc <= 0) {
        return Ray.MISS;
      }
      double t = (-b - Math.sqrt(disc)) / a;
      return t >= r.near ? t : Ray.MISS;
    }

    @Override
    void normal(double x, double y, double z, double[] n) {
      n[0] = x;
      n[1] = y - Math.max(-half, Math.min(half, y));
      n[2] = z;
    }

    @Override
    double bound() {
      return hy;
    }

    @Override
    double reach(Vec u) {
      return Math.abs(u.dot(pose.y())) * half + hx;
    }
  }

  /** A torus around y. Found by stepping along the ray by the distance to the surface. */
  static final class Ring extends Solid {
    private static final int STEPS = 200;
    private static final double CLOSE = 1e-7;
    private final double major;
    final double touch;

    /**
     * A ray that has crawled along for long counts as touching the ring if it comes within {@code
     * touch} metres of it, however long it crawls on; infinite means that all such rays touch.
     */
    Ring(Pose pose, double major, double minor, double touch, Tag tag) {
      super(pose, new Vec(major + minor, minor, major + minor), tag);
      this.major = major;
      this.touch = touch;
    }

    @Override
    double meet(Ray r) {
      double a = r.dx * r.dx + r.dy * r.dy + r.dz * r.dz;
      double b = r.ox * r.dx + r.oy * r.dy + r.oz * r.dz;
      double disc = b * b - a * (r.ox * r.ox + r.oy * r.oy + r.oz * r.oz - hx * hx);
      if (disc <= 0) {
        return Ray.MISS;
      }
      double root = Math.sqrt(disc);
      double slab = hy / Math.abs(r.dy);
      double leave = Math.min((root - b) / a, slab - r.oy / r.dy);
      double enter = Math.max((-b - root) / a, -slab - r.oy / r.dy);
      return march(r, Math.max(r.near, enter), leave, 1 / Math.sqrt(a));
    }

    private double march(Ray r, double enter, double leave, double perMetre) {
      double t = enter;
      for (int i = 0; t <= leave; i++) {
        double x = r.ox + t * r.dx;
        double y = r.oy + t * r.dy;
        double z = r.oz + t * r.dz;
        double off = Math.sqrt(x * x + z * z) - major;
        double distance = Math.sqrt(off * off + y * y) - hy;
        if (distance < (i < STEPS ? CLOSE : touch)) {
          return t;
        }
        t += distance * perMetre;
      }
      return Ray.MISS;
    }

    @Override
    void normal(double x, double y, double z, double[] n) {
      double k = 1 - major / Math.sqrt(x * x + z * z);
      n[0] = x * k;
      n[1] = y;
      n[2] = z * k;
    }
  }
}
