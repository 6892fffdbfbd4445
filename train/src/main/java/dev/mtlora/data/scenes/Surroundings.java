package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;

/** What is built in: pictures and windows on walls, facades, fences and hills outdoors. */
final class Surroundings {
  private Surroundings() {}

  /** Lines the horizon of a ground of radius {@code rim} with hills, facades and fences. */
  static void build(Stage stage, Look look, Rng rng, double rim) {
    int hills = rng.below(4);
    for (int i = 0; i < hills; i++) {
      Tag tag = stage.part(0, Semantic.GROUND, look.ground());
      double wide = rng.uniform(8, 20);
      Vec at = around(rng.uniform(-1.1, 1.1), rim + rng.uniform(-4, 4));
      stage.add(new Shapes.Ball(Pose.upright(at, 0), new Vec(wide, rng.uniform(2, 7), 6), tag));
    }
    int facades = rng.below(look.source ? 4 : 5);
    for (int i = 0; i < facades; i++) {
      facade(stage, look, rng, around(rng.uniform(-0.9, 0.9), rng.uniform(17, 24)));
    }
    if (rng.chance(0.35)) {
      fence(stage, look, rng, -rng.uniform(9, 15));
    }
  }

  private static Vec around(double angle, double distance) {
    return new Vec(distance * StrictMath.sin(angle), 0, -distance * StrictMath.cos(angle));
  }

  private static void facade(Stage stage, Look look, Rng rng, Vec at) {
    double wide = rng.uniform(2, 4.5);
    double high = rng.uniform(1.5, 5);
    Pose pose = Pose.upright(at.plus(new Vec(0, high, 0)), rng.uniform(-0.6, 0.6));
    Tag wall = stage.part(0, Semantic.WALL, look.wall());
    stage.add(new Shapes.Box(pose, new Vec(wide, high, 2.2), wall));
    Material pane = look.plain(Look.hsv(rng.uniform(), 0.3, rng.uniform(0.15, 0.6)), 0.6);
    int columns = (int) (wide / 0.9);
    int rows = (int) (high / 1.2);
    for (int i = 0; i < columns * rows; i++) {
      double x = (i % columns + 0.5) / columns * 2 * wide - wide;
      int row = i / columns;
      double y = (row + 0.5) / rows * 2 * high - high;
      Pose window = pose.moved(pose.point(x, y, 2.2));
      Tag tag = stage.part(0, Semantic.PICTURE, pane);
      stage.add(new Shapes.Box(window, new Vec(0.35, 0.5, 0.04), tag));
    }
    if (rng.chance(0.4)) {
      Tag roof = stage.part(0, Semantic.WALL, look.bark());
      Pose top = pose.moved(pose.point(0, high + 0.8, 0));
      stage.add(Polyhedron.pyramid(top, Math.max(wide, 2.2), 0.8, roof));
    }
  }

  private static void fence(Stage stage, Look look, Rng rng, double z) {
    Tag tag = stage.part(0, Semantic.WALL, look.wall());
    double high = rng.uniform(0.4, 1);
    Pose pose = Pose.upright(new Vec(0, high, z), rng.uniform(-0.3, 0.3));
    stage.add(new Shapes.Box(pose, new Vec(rng.uniform(6, 14), high, 0.12), tag));
  }

  /** A framed picture or window that faces the z axis of its pose. */
  static void frame(Stage stage, Look look, Pose pose, Vec half) {
    Tag frame = stage.part(0, Semantic.PICTURE, look.plain(look.colour(), 0.2));
    Tag inside = stage.part(0, Semantic.PICTURE, look.flat());
    stage.add(new Shapes.Box(pose, half, frame));
    Vec inner = new Vec(half.x() - 0.05, half.y() - 0.05, half.z() + 0.005);
    stage.add(new Shapes.Box(pose, inner, inside));
  }
}
