package dev.mtlora.data.scenes;

/** A convex body cut out by planes: pyramids, prisms, octahedra. */
final class Polyhedron extends Solid {
  private final double[] planes; // nx, ny, nz, offset per face: inside where n.p <= offset

  private Polyhedron(Pose pose, Vec half, double[] planes, Tag tag) {
    super(pose, half, tag);
    this.planes = planes;
  }

  /** A pyramid over a square of side 2 {@code side}, 2 {@code halfHeight} high. */
  static Polyhedron pyramid(Pose pose, double side, double halfHeight, Tag tag) {
    // The side faces pass through the apex (0, h, 0) and the base edges at (side, -h, 0).
    double e = side * halfHeight;
    double h = 2 * halfHeight;
    double[] planes = {
      0, -1, 0, halfHeight, h, side, 0, e, -h, side, 0, e, 0, side, h, e, 0, side, -h, e
    };
    return new Polyhedron(pose, new Vec(side, halfHeight, side), planes, tag);
  }

  /** An upright prism over a regular polygon whose corners are {@code radius} from the axis. */
  static Polyhedron prism(Pose pose, int corners, double radius, double halfHeight, Tag tag) {
    double[] planes = new double[4 * (corners + 2)];
    double inner = radius * StrictMath.cos(Math.PI / corners);
    for (int i = 0; i < corners; i++) {
      planes[4 * i] = StrictMath.cos(2 * Math.PI * i / corners);
      planes[4 * i + 2] = StrictMath.sin(2 * Math.PI * i / corners);
      planes[4 * i + 3] = inner;
    }
    planes[4 * corners + 1] = 1;
    planes[4 * corners + 3] = halfHeight;
    planes[4 * corners + 5] = -1;
    planes[4 * corners + 7] = halfHeight;
    return new Polyhedron(pose, new Vec(radius, halfHeight, radius), planes, tag);
  }

  /** An octahedron with its six corners on the axes. */
  static Polyhedron octahedron(Pose pose, double radius, Tag tag) {
    double[] planes = new double[32];
    for (int i = 0; i < 8; i++) {
      planes[4 * i] = (i & 1) == 0 ? 1 : -1;
      planes[4 * i + 1] = (i & 2) == 0 ? 1 : -1;
      planes[4 * i + 2] = (i & 4) == 0 ? 1 : -1;
      planes[4 * i + 3] = radius;
    }
    return new Polyhedron(pose, new Vec(radius, radius, radius), planes, tag);
  }

  /** A pyramid over a regular polygon whose corners are {@code radius} from the axis. */
  static Polyhedron spire(Pose pose, int corners, double radius, double halfHeight, Tag tag) {
    double[] planes = new double[4 * (corners + 1)];
    double inner = radius * StrictMath.cos(Math.PI / corners);
    for (int i = 0; i < corners; i++) {
      planes[4 * i] = 2 * halfHeight * StrictMath.cos(2 * Math.PI * i / corners);
      planes[4 * i + 1] = inner;
      planes[4 * i + 2] = 2 * halfHeight * StrictMath.sin(2 * Math.PI * i / corners);
      planes[4 * i + 3] = inner * halfHeight;
    }
    planes[4 * corners + 1] = -1;
    planes[4 * corners + 3] = halfHeight;
    return new Polyhedron(pose, new Vec(radius, halfHeight, radius), planes, tag);
  }

  /** A ramp: a box whose upper half is cut off from the top edge at -x to the bottom edge at x. */
  static Polyhedron wedge(Pose pose, Vec half, Tag tag) {
    double[] planes = {
      -1, 0, 0, half.x(), 0, -1, 0, half.y(), 0, 0, 1, half.z(), 0, 0, -1, half.z(), half.y(),
      half.x(), 0, 0
    };
    return new Polyhedron(pose, half, planes, tag);
  }

  /** A box with a gable roof along z that starts at the middle of its height. */
  static Polyhedron gable(Pose pose, Vec half, Tag tag) {
    double[] planes = {
      -1,
      0,
      0,
      half.x(),
      1,
      0,
      0,
      half.x(),
      0,
      -1,
      0,
      half.y(),
      0,
      0,
      1,
      half.z(),
      0,
      0,
      -1,
      half.z(),
      half.y(),
      half.x(),
      0,
      half.x() * half.y(),
      -half.y(),
      half.x(),
      0,
      half.x() * half.y()
    };
    return new Polyhedron(pose, half, planes, tag);
  }

  /** A cube with its eight corners cut off, by {@code cut} of the way to the centre. */
  static Polyhedron gem(Pose pose, double half, double cut, Tag tag) {
    double[] planes = new double[56];
    for (int i = 0; i < 8; i++) {
      planes[4 * i] = (i & 1) == 0 ? 1 : -1;
      planes[4 * i + 1] = (i & 2) == 0 ? 1 : -1;
      planes[4 * i + 2] = (i & 4) == 0 ? 1 : -1;
      planes[4 * i + 3] = 3 * half * (1 - cut);
    }
    for (int i = 0; i < 6; i++) {
      planes[32 + 4 * i + i / 2] = i % 2 == 0 ? 1 : -1;
      planes[32 + 4 * i + 3] = half;
    }
    return new Polyhedron(pose, new Vec(half, half, half), planes, tag);
  }

  @Override
  double meet(Ray r) {
    double enter = Double.NEGATIVE_INFINITY;
    double leave = Ray.MISS;
    for (int i = 0; i < planes.length; i += 4) {
      double along = planes[i] * r.dx + planes[i + 1] * r.dy + planes[i + 2] * r.dz;
      double gap = planes[i + 3] - planes[i] * r.ox - planes[i + 1] * r.oy - planes[i + 2] * r.oz;
      if (along < 0) {
        enter = Math.max(enter, gap / along);
      } else if (along > 0) {
        leave = Math.min(leave, gap / along);
      } else if (gap < 0) {
        return Ray.MISS;
      }
    }
    return enter <= leave && enter >= r.near ? enter : Ray.MISS;
  }

  @Override
  int face(double x, double y, double z) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < planes.length; i += 4) {
      double px = planes[i];
      double py = planes[i + 1];
      double pz = planes[i + 2];
      double out = px * x + py * y + pz * z - planes[i + 3];
      out /= Math.sqrt(px * px + py * py + pz * pz);
      if (out > most) {
        most = out;
        best = i / 4;
      }
    }
    return best;
  }

  @Override
  void normal(double x, double y, double z, double[] n) {
    int i = 4 * face(x, y, z);
    n[0] = planes[i];
    n[1] = planes[i + 1];
    n[2] = planes[i + 2];
  }

  @Override
  boolean flat() {
    return true;
  }
}
