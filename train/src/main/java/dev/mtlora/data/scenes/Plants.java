package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;

/** Builds the plants that version 2 has and version 1 has not. */
final class Plants {
  private final Stage stage;
  private final Look look;
  private final Rng rng;

  Plants(Stage stage, Look look, Rng rng) {
    this.stage = stage;
    this.look = look;
    this.rng = rng;
  }

  void potted(int instance, Pose pose, double r) {
    double pot = rng.uniform(0.12, 0.3);
    Tag clay = stage.part(instance, Semantic.TREE, look.round());
    Tag crown = stage.part(instance, Semantic.TREE, look.leaves());
    Pose at = pose.moved(pose.point(0, pot / 2, 0));
    stage.add(new Shapes.Frustum(at, r * 0.4, r * 0.55, pot / 2, clay));
    int leaves = 3 + rng.below(5);
    boolean blades = rng.chance(0.6);
    for (int i = 0; i < leaves; i++) {
      double turn = i * 2.4;
      double out = blades ? rng.uniform(0.2, 0.9) : rng.uniform(0, 0.4);
      Vec tip =
          pose.point(
              out * r * StrictMath.cos(turn),
              pot + r * rng.uniform(0.8, 2),
              out * r * StrictMath.sin(turn));
      Vec root = pose.point(0, pot * 0.9, 0);
      double size = r * rng.uniform(0.25, 0.45);
      stage.add(
          blades
              ? new Shapes.Ball(Pose.between(root, tip), leaf(root, tip, r), crown)
              : new Shapes.Ball(pose.moved(tip), new Vec(size, size, size), crown));
    }
  }

  private Vec leaf(Vec root, Vec tip, double r) {
    return new Vec(r * rng.uniform(0.08, 0.2), tip.minus(root).length() / 2, r * 0.06);
  }

  void palm(int instance, Pose pose, double r) {
    double trunk = rng.uniform(1.4, 3);
    Tag bark = stage.part(instance, Semantic.TREE, look.bark());
    Tag crown = stage.part(instance, Semantic.TREE, look.leaves());
    Vec foot = pose.point(0, 0, 0);
    Vec top = pose.point(rng.uniform(-0.4, 0.4), trunk, rng.uniform(-0.4, 0.4));
    double half = top.minus(foot).length() / 2;
    stage.add(new Taper(Pose.between(foot, top), 0.14, 0.08, half, bark));
    int leaves = 5 + rng.below(4);
    for (int i = 0; i < leaves; i++) {
      double turn = i * 2 * Math.PI / leaves;
      double droop = rng.uniform(-0.5, 0.4);
      Vec out = new Vec(StrictMath.cos(turn), droop, StrictMath.sin(turn)).times(r);
      Pose at = Pose.between(top, top.plus(out));
      double length = out.length() / 2;
      stage.add(new Shapes.Ball(at, new Vec(0.05 + 0.12 * r, length, 0.05), crown));
    }
  }

  void hedge(int instance, Pose pose, double r) {
    double half = rng.uniform(0.25, 0.7);
    Tag crown = stage.part(instance, Semantic.TREE, look.leaves());
    Pose at = pose.moved(pose.point(0, half, 0));
    stage.add(
        rng.chance(0.5)
            ? new Shapes.Box(at, new Vec(r * 0.9, half, r * 0.35), crown)
            : new Shapes.Ball(at, new Vec(r * 0.6, half * 1.3, r * 0.6), crown));
  }
}
