package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who and what stands where on the floor of a scene. */
final class FloorPlan {
  private final Rng rng;
  private final List<double[]> taken = new ArrayList<>(); // x, z, radius of footprints
  private double halfX = Double.POSITIVE_INFINITY;
  private double halfZ = Double.POSITIVE_INFINITY;

  FloorPlan(Rng rng) {
    this.rng = rng;
  }

  /** Bounds the floor: places are found within a rectangle around the origin. */
  void bound(double halfWidth, double halfDepth) {
    halfX = halfWidth;
    halfZ = halfDepth;
  }

  /** Takes a disc of the floor. */
  void take(Vec at, double radius) {
    taken.add(new double[] {at.x(), at.z(), radius});
  }

  /**
   * A free disc of the floor in front of the camera, then taken, or null if none was found in a few
   * tries. Its near side is at least {@code nearest} metres away; near places are likelier.
   */
  @Nullable Vec find(View view, double radius, double nearest, double farthest) {
    Vec eye = view.pose.at();
    Vec ahead = new Vec(-view.pose.z().x(), 0, -view.pose.z().z()).unit();
    Vec right = new Vec(-ahead.z(), 0, ahead.x());
    for (int attempt = 0; attempt < 12; attempt++) {
      double u = rng.uniform();
      double depth = nearest + radius + u * u * (farthest - nearest);
      double side = rng.uniform(-0.95, 0.95) * view.spread * depth;
      Vec at = eye.plus(ahead.times(depth)).plus(right.times(side));
      if (free(at, radius)) {
        take(at, radius);
        return new Vec(at.x(), 0, at.z());
      }
    }
    return null;
  }

  /** Whether a disc of the floor is within the bounds and nobody's. */
  boolean free(Vec at, double radius) {
    if (!(Math.abs(at.x()) < halfX - radius && Math.abs(at.z()) < halfZ - radius)) {
      return false;
    }
    for (double[] other : taken) {
      double dx = at.x() - other[0];
      double dz = at.z() - other[1];
      double gap = radius + other[2];
      if (dx * dx + dz * dz < gap * gap) {
        return false;
      }
    }
    return true;
  }
}
