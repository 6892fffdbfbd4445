package dev.mtlora.data.scenes;

/**
 * Where a solid is and how it is turned: its centre and its own three axes in world coordinates
 * (right-handed, orthonormal).
 */
record Pose(Vec at, Vec x, Vec y, Vec z) {
  /** Standing at a point, turned around the vertical by {@code yaw} radians. */
  static Pose upright(Vec at, double yaw) {
    double c = StrictMath.cos(yaw);
    double s = StrictMath.sin(yaw);
    return new Pose(at, new Vec(c, 0, -s), Vec.UP, new Vec(s, 0, c));
  }

  /** Centred between two points with the y axis from the first to the second. */
  static Pose between(Vec from, Vec to) {
    Vec y = to.minus(from).unit();
    Vec side = Math.abs(y.z()) < 0.9 ? new Vec(0, 0, 1) : new Vec(1, 0, 0);
    Vec x = y.cross(side).unit();
    return new Pose(from.plus(to).times(0.5), x, y, x.cross(y));
  }

  /** The same place, turned by {@code angle} radians around its own x axis. */
  Pose pitched(double angle) {
    double c = StrictMath.cos(angle);
    double s = StrictMath.sin(angle);
    return new Pose(at, x, y.times(c).plus(z.times(s)), z.times(c).minus(y.times(s)));
  }

  /** The same place, turned by {@code angle} radians around its own z axis. */
  Pose rolled(double angle) {
    double c = StrictMath.cos(angle);
    double s = StrictMath.sin(angle);
    return new Pose(at, x.times(c).plus(y.times(s)), y.times(c).minus(x.times(s)), z);
  }

  /** The same turn at another place. */
  Pose moved(Vec place) {
    return new Pose(place, x, y, z);
  }

  /** World coordinates of a point given in this pose's own axes. */
  Vec point(double px, double py, double pz) {
    return at.plus(direction(new Vec(px, py, pz)));
  }

  /** World direction of a direction given in this pose's own axes. */
  Vec direction(Vec d) {
    return x.times(d.x()).plus(y.times(d.y())).plus(z.times(d.z()));
  }
}
