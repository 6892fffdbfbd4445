package dev.mtlora.data.scenes;

/** Solids with a cut or a hollow, around y: pipes, bowls, domes. */
final class Vessels {
  private Vessels() {}

  /** A pipe that is open at both ends. */
  static final class Tube extends Solid {
    private final double inner;

    Tube(Pose pose, double outer, double inner, double halfHeight, Tag tag) {
      super(pose, new Vec(outer, halfHeight, outer), tag);
      this.inner = inner;
    }

    @Override
    double meet(Ray r) {
      double a = r.dx * r.dx + r.dz * r.dz;
      double b = r.ox * r.dx + r.oz * r.dz;
      double square = r.ox * r.ox + r.oz * r.oz;
      double disc = b * b - a * (square - hx * hx);
      if (disc <= 0) {
        return Ray.MISS;
      }
      double best = wall(r, (-b - Math.sqrt(disc)) / a);
      best = Math.min(best, Math.min(rim(r, hy), rim(r, -hy)));
      double hollow = b * b - a * (square - inner * inner);
      return hollow <= 0 ? best : Math.min(best, wall(r, (-b + Math.sqrt(hollow)) / a));
    }

    private double wall(Ray r, double t) {
      return t >= r.near && Math.abs(r.oy + t * r.dy) <= hy ? t : Ray.MISS;
    }

    private double rim(Ray r, double y) {
      double t = (y - r.oy) / r.dy;
      double x = r.ox + t * r.dx;
      double z = r.oz + t * r.dz;
      double square = x * x + z * z;
      boolean hit = t >= r.near && square <= hx * hx && square >= inner * inner;
      return hit ? t : Ray.MISS;
    }

    @Override
    int face(double x, double y, double z) {
      if (Math.abs(y) >= hy - 1e-7) {
        return y > 0 ? 1 : 2;
      }
      double middle = (hx + inner) / 2;
      return x * x + z * z > middle * middle ? 0 : 3;
    }

    @Override
    void normal(double x, double y, double z, double[] n) {
      int face = face(x, y, z);
      double out = face == 0 ? 1 : face == 3 ? -1 : 0;
      n[0] = out * x;
      n[1] = face == 1 ? 1 : face == 2 ? -1 : 0;
      n[2] = out * z;
    }
  }

  /** The upper half of an ellipsoid, standing on its cut. */
  static final class Dome extends Solid {
    Dome(Pose pose, Vec half, Tag tag) {
      super(pose, half, tag);
    }

    @Override
    double meet(Ray r) {
      double floor = cut(r);
      double t = enter(r);
      return Math.min(floor, t >= r.near && r.oy + t * r.dy >= -hy ? t : Ray.MISS);
    }

    private double cut(Ray r) {
      double t = (-hy - r.oy) / r.dy;
      double x = (r.ox + t * r.dx) / hx;
      double z = (r.oz + t * r.dz) / hz;
      return t >= r.near && r.dy > 0 && x * x + z * z <= 1 ? t : Ray.MISS;
    }

    /** Where the whole ellipsoid is entered. */
    private double enter(Ray r) {
      double ox = r.ox / hx;
      double oy = (r.oy + hy) / (2 * hy);
      double oz = r.oz / hz;
      double dx = r.dx / hx;
      double dy = r.dy / (2 * hy);
      double dz = r.dz / hz;
      double a = dx * dx + dy * dy + dz * dz;
      double b = ox * dx + oy * dy + oz * dz;
      double disc = b * b - a * (ox * ox + oy * oy + oz * oz - 1);
      return disc <= 0 ? Ray.MISS : (-b - Math.sqrt(disc)) / a;
    }

    @Override
    int face(double x, double y, double z) {
      return y <= 1e-7 - hy ? 1 : 0;
    }

    @Override
    void normal(double x, double y, double z, double[] n) {
      boolean side = face(x, y, z) == 0;
      n[0] = side ? x / (hx * hx) : 0;
      n[1] = side ? (y + hy) / (4 * hy * hy) : -1;
      n[2] = side ? z / (hz * hz) : 0;
    }
  }

  /** The lower half of a hollow ellipsoid, open above. */
  static final class Bowl extends Solid {
    private final double hollow; // the square of how wide the hollow is, 1 is all of it

    /** {@code wall} is the share of the radius that is wall. */
    Bowl(Pose pose, double radius, double halfHeight, double wall, Tag tag) {
      super(pose, new Vec(radius, halfHeight, radius), tag);
      this.hollow = (1 - wall) * (1 - wall);
    }

    @Override
    double meet(Ray r) {
      double ox = r.ox / hx;
      double oy = (r.oy - hy) / (2 * hy);
      double oz = r.oz / hx;
      double dx = r.dx / hx;
      double dy = r.dy / (2 * hy);
      double dz = r.dz / hx;
      double a = dx * dx + dy * dy + dz * dz;
      double b = ox * dx + oy * dy + oz * dz;
      double square = ox * ox + oy * oy + oz * oz;
      double disc = b * b - a * (square - 1);
      if (disc <= 0) {
        return Ray.MISS;
      }
      double best = below(r, (-b - Math.sqrt(disc)) / a);
      double within = b * b - a * (square - hollow);
      if (within > 0) {
        best = Math.min(best, below(r, (-b + Math.sqrt(within)) / a));
      }
      return Math.min(best, rim(r));
    }

    private double below(Ray r, double t) {
      return t >= r.near && r.oy + t * r.dy <= hy ? t : Ray.MISS;
    }

    private double rim(Ray r) {
      double t = (hy - r.oy) / r.dy;
      double x = (r.ox + t * r.dx) / hx;
      double z = (r.oz + t * r.dz) / hx;
      double square = x * x + z * z;
      return t >= r.near && square <= 1 && square >= hollow ? t : Ray.MISS;
    }

    @Override
    int face(double x, double y, double z) {
      if (y >= hy - 1e-7) {
        return 2;
      }
      double h = (y - hy) / (2 * hy);
      double middle = (1 + Math.sqrt(hollow)) / 2;
      return (x * x + z * z) / (hx * hx) + h * h > middle * middle ? 0 : 1;
    }

    @Override
    void normal(double x, double y, double z, double[] n) {
      int face = face(x, y, z);
      double out = face == 0 ? 1 : face == 1 ? -1 : 0;
      n[0] = out * x / (hx * hx);
      n[1] = face == 2 ? 1 : out * (y - hy) / (4 * hy * hy);
      n[2] = out * z / (hx * hx);
    }
  }
}
