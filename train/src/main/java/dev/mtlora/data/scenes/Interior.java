package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;

/** What is built into a room of version 2: pictures, windows, rugs, skirting, hanging lamps. */
final class Interior {
  private final Stage stage;
  private final Look look;
  private final Rng rng;
  private final Vec half;

  private Interior(Stage stage, Look look, Rng rng, Vec half) {
    this.stage = stage;
    this.look = look;
    this.rng = rng;
    this.half = half;
  }

  /** Furnishes a room of half extents {@code half} whose floor is at height 0. */
  static void build(Stage stage, Look look, Rng rng, Vec half) {
    Interior interior = new Interior(stage, look, rng, half);
    interior.pictures();
    if (rng.chance(0.4)) {
      interior.rug();
    }
    if (rng.chance(0.5)) {
      interior.skirting();
    }
    if (rng.chance(0.25)) {
      interior.hangingLamp();
    }
  }

  /** On the three walls in front of the camera, up to two on each. */
  private void pictures() {
    for (int wall = 0; wall < 3; wall++) {
      int count = rng.below(3);
      for (int i = 0; i < count; i++) {
        double wide = rng.uniform(0.15, 0.6);
        double high = rng.uniform(0.15, Math.min(0.6, half.y() - 0.5));
        double middle = count == 1 ? rng.uniform(-0.6, 0.6) : i == 0 ? -0.45 : 0.45;
        double y = Math.min(rng.uniform(1, 1.8), 2 * half.y() - high - 0.1);
        Surroundings.frame(stage, look, on(wall, middle, y), new Vec(wide, high, 0.03));
      }
    }
  }

  private Pose on(int wall, double along, double y) {
    return switch (wall) {
      case 0 -> Pose.upright(new Vec(along * half.x(), y, -half.z()), 0);
      case 1 -> Pose.upright(new Vec(-half.x(), y, along * half.z()), Math.PI / 2);
      default -> Pose.upright(new Vec(half.x(), y, along * half.z()), -Math.PI / 2);
    };
  }

  private void rug() {
    Tag tag = stage.part(0, Semantic.FLOOR, look.cloth());
    Vec at = new Vec(rng.uniform(-0.4, 0.4) * half.x(), 0.006, rng.uniform(-0.5, 0.3) * half.z());
    Pose pose = Pose.upright(at, rng.uniform(-0.4, 0.4));
    double wide = rng.uniform(0.3, 0.6) * half.x();
    stage.add(
        rng.chance(0.6)
            ? new Shapes.Box(pose, new Vec(wide, 0.006, rng.uniform(0.5, 1.2)), tag)
            : new Shapes.Frustum(pose, wide, wide, 0.006, tag));
  }

  private void skirting() {
    double high = rng.uniform(0.04, 0.1);
    Material board = look.plain(look.colour().mix(Look.grey(0.9), 0.5), 0.1);
    for (int wall = 0; wall < 3; wall++) {
      Tag tag = stage.part(0, Semantic.WALL, board);
      double along = wall == 0 ? half.x() : half.z();
      stage.add(new Shapes.Box(on(wall, 0, high), new Vec(along, high, 0.02), tag));
    }
  }

  private void hangingLamp() {
    int instance = stage.newInstance();
    Tag cord = stage.part(instance, Semantic.LAMP, look.plain(look.colour(), 0.3));
    Tag shade = stage.part(instance, Semantic.LAMP, look.glowing());
    double drop = rng.uniform(0.15, 0.4);
    double top = 2 * half.y();
    Vec at = new Vec(rng.uniform(-0.5, 0.5) * half.x(), 0, rng.uniform(-0.7, 0.1) * half.z());
    Pose pose = Pose.upright(at, 0);
    stage.add(
        new Shapes.Frustum(pose.moved(pose.point(0, top - drop, 0)), 0.012, 0.012, drop, cord));
    double r = rng.uniform(0.12, 0.3);
    Pose below = pose.moved(pose.point(0, top - 2 * drop, 0));
    stage.add(
        rng.chance(0.5)
            ? new Vessels.Dome(below, new Vec(r, r * 0.4, r), shade)
            : new Shapes.Ball(below, new Vec(r * 0.8, r * 0.8, r * 0.8), shade));
  }
}
