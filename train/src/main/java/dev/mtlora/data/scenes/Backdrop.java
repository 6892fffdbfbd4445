package dev.mtlora.data.scenes;

/** What surrounds a scene: it fills the view, casts no shadow and is no foreground object. */
abstract sealed class Backdrop extends Solid {
  Backdrop(Pose pose, Vec half, Tag tag) {
    super(pose, half, tag);
  }

  @Override
  boolean flat() {
    return true;
  }

  /** A box seen from within: floor, ceiling and four walls. */
  static final class Room extends Backdrop {
    private final Material floor;
    private final Material ceiling;

    Room(Vec half, Tag walls, Material floor, Material ceiling) {
      super(Pose.upright(new Vec(0, half.y(), 0), 0), half, walls);
      this.floor = floor;
      this.ceiling = ceiling;
    }

    @Override
    double meet(Ray r) {
      double tx = (Math.copySign(hx, r.dx) - r.ox) / r.dx;
      double ty = (Math.copySign(hy, r.dy) - r.oy) / r.dy;
      double tz = (Math.copySign(hz, r.dz) - r.oz) / r.dz;
      return Math.min(tx, Math.min(ty, tz));
    }

    @Override
    int face(double x, double y, double z) {
      double ax = hx - Math.abs(x);
      double ay = hy - Math.abs(y);
      double az = hz - Math.abs(z);
      if (ay <= ax && ay <= az) {
        return y < 0 ? 0 : 1;
      }
      return ax <= az ? (x < 0 ? 2 : 3) : (z < 0 ? 4 : 5);
    }

    @Override
    void normal(double x, double y, double z, double[] n) {
      int face = face(x, y, z);
      n[0] = face == 2 ? 1 : face == 3 ? -1 : 0;
      n[1] = face == 0 ? 1 : face == 1 ? -1 : 0;
      n[2] = face == 4 ? 1 : face == 5 ? -1 : 0;
    }

    @Override
    int semantic(int face) {
      return face == 0 ? Semantic.FLOOR : face == 1 ? Semantic.CEILING : Semantic.WALL;
    }

    @Override
    Material material(int face) {
      return face == 0 ? floor : face == 1 ? ceiling : tag.material();
    }
  }

  /** A level disc at height 0; beyond its rim is sky. */
  static final class Ground extends Backdrop {
    Ground(double radius, Tag tag) {
      super(Pose.upright(Vec.ZERO, 0), new Vec(radius, 0, radius), tag);
    }

    @Override
    double meet(Ray r) {
      double t = -r.oy / r.dy;
      double x = r.ox + t * r.dx;
      double z = r.oz + t * r.dz;
      return t >= r.near && x * x + z * z <= hx * hx ? t : Ray.MISS;
    }

    @Override
    void normal(double x, double y, double z, double[] n) {
      n[0] = 0;
      n[1] = 1;
      n[2] = 0;
    }
  }
}
