package dev.mtlora.data.scenes;

/**
 * A convex or ring-shaped body (or a backdrop) with a frame of its own. Subclasses work in the
 * local frame: centre at the origin, inside the box of the half extents (hx, hy, hz).
 */
abstract class Solid {
  Pose pose;
  final Tag tag;
  final double hx;
  final double hy;
  final double hz;
  // The pose once more as plain numbers: these are read for every ray.
  private double cx;
  private double cy;
  private double cz;
  private final double xx;
  private final double xy;
  private final double xz;
  private final double yx;
  private final double yy;
  private final double yz;
  private final double zx;
  private final double zy;
  private final double zz;

  Solid(Pose pose, Vec half, Tag tag) {
    this.tag = tag;
    hx = half.x();
    hy = half.y();
    hz = half.z();
    xx = pose.x().x();
    xy = pose.x().y();
    xz = pose.x().z();
    yx = pose.y().x();
    yy = pose.y().y();
    yz = pose.y().z();
    zx = pose.z().x();
    zy = pose.z().y();
    zz = pose.z().z();
    moveTo(pose);
  }

  private void moveTo(Pose place) {
    pose = place;
    cx = place.at().x();
    cy = place.at().y();
    cz = place.at().z();
  }

  /** Moves the solid; only while a scene is composed, before anything has looked at it. */
  final void shift(Vec by) {
    moveTo(pose.moved(pose.at().plus(by)));
  }

  /** Smallest t at or after ray.near where the local ray enters, else {@link Ray#MISS}. */
  abstract double meet(Ray r);

  /** The outward normal, of any length, at a local surface point, written to n[0..2]. */
  abstract void normal(double x, double y, double z, double[] n);

  /** Which smooth face a local surface point is on, 0..15; faces meet in creases. */
  int face(double x, double y, double z) {
    return 0;
  }

  /** Whether the faces are flat, so that patterns lie in the plane of the face. */
  boolean flat() {
    return false;
  }

  /** Index into {@link SyntheticScenes#SEMSEG_CLASSES} of a face. */
  int semantic(int face) {
    return tag.semantic();
  }

  /** The surface of a face. */
  Material material(int face) {
    return tag.material();
  }

  /** How far the solid reaches from its centre in a world direction; exact or a little more. */
  double reach(Vec unit) {
    return Math.abs(unit.dot(pose.x())) * hx
        + Math.abs(unit.dot(pose.y())) * hy
        + Math.abs(unit.dot(pose.z())) * hz;
  }

  /** The radius of a ball around the centre that holds the solid; exact or a little more. */
  double bound() {
    return Math.sqrt(hx * hx + hy * hy + hz * hz);
  }

  /** {@link #meet} for a ray in world coordinates; {@code local} is scratch space. */
  final double hit(Ray world, Ray local) {
    start(world, local);
    return follow(world, local);
  }

  /** The first half of {@link #hit}, which is the same for all rays that start at one point. */
  final void start(Ray world, Ray local) {
    double ox = world.ox - cx;
    double oy = world.oy - cy;
    double oz = world.oz - cz;
    local.ox = ox * xx + oy * xy + oz * xz;
    local.oy = ox * yx + oy * yy + oz * yz;
    local.oz = ox * zx + oy * zy + oz * zz;
    local.near = world.near;
  }

  /** The second half of {@link #hit}: follows a ray from where {@code local} has started. */
  final double follow(Ray world, Ray local) {
    local.dx = world.dx * xx + world.dy * xy + world.dz * xz;
    local.dy = world.dx * yx + world.dy * yy + world.dz * yz;
    local.dz = world.dx * zx + world.dy * zy + world.dz * zz;
    return meet(local);
  }

  /** Fills in everything about the point at distance t of a world ray that met this solid. */
  final void describe(Ray ray, double t, Surface out) {
    double px = ray.ox + t * ray.dx;
    double py = ray.oy + t * ray.dy;
    double pz = ray.oz + t * ray.dz;
    double x = (px - cx) * xx + (py - cy) * xy + (pz - cz) * xz;
    double y = (px - cx) * yx + (py - cy) * yy + (pz - cz) * yz;
    double z = (px - cx) * zx + (py - cy) * zy + (pz - cz) * zz;
    double[] n = out.local;
    normal(x, y, z, n);
    double wx = n[0] * xx + n[1] * yx + n[2] * zx;
    double wy = n[0] * xy + n[1] * yy + n[2] * zy;
    double wz = n[0] * xz + n[1] * yz + n[2] * zz;
    double length = Math.sqrt(wx * wx + wy * wy + wz * wz);
    out.solid = this;
    out.face = face(x, y, z);
    out.px = px;
    out.py = py;
    out.pz = pz;
    out.lx = x;
    out.ly = y;
    out.lz = z;
    out.nx = wx / length;
    out.ny = wy / length;
    out.nz = wz / length;
  }
}
