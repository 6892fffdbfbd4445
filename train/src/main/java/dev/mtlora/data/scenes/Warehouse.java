package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;

/** Builds the things of version 2: those of version 1 and more kinds. */
final class Warehouse extends Workshop {
  private final Plants plants;

  Warehouse(Stage stage, Look look, Rng rng) {
    super(stage, look, rng);
    plants = new Plants(stage, look, rng);
  }

  @Override
  double touch() {
    return 1e-4;
  }

  @Override
  void build(Prop prop, int instance, Pose pose, double r) {
    switch (prop) {
      case TUBE -> tube(instance, pose, r);
      case DOME -> rest(dome(instance, pose, r));
      case BOWL -> bowl(instance, pose, r);
      case PEG -> rest(peg(instance, pose, r));
      case SPINDLE -> spindle(instance, pose, r);
      case WEDGE -> rest(Polyhedron.wedge(pose, brick(r), flat(instance, Semantic.BLOCK)));
      case GABLE -> rest(Polyhedron.gable(pose, brick(r), flat(instance, Semantic.BLOCK)));
      case GEM ->
          rest(
              Polyhedron.gem(
                  pose, r * 0.8, rng.uniform(0.4, 0.55), flat(instance, Semantic.BLOCK)));
      case SPIRE -> rest(spire(instance, pose, r));
      case PILLAR -> pillar(instance, pose, r);
      case BOTTLE -> bottle(instance, pose, r);
      case BALLS -> balls(instance, pose, r);
      case HOOPS -> hoops(instance, pose, r);
      case POTTED -> plants.potted(instance, pose, r);
      case PALM -> plants.palm(instance, pose, r);
      case HEDGE -> plants.hedge(instance, pose, r);
      case ARMCHAIR -> armchair(instance, pose, r);
      case BENCH -> bench(instance, pose, r);
      case BED -> bed(instance, pose, r);
      case DESK -> desk(instance, pose, r);
      case DESK_LAMP -> deskLamp(instance, pose, r);
      case LANTERN -> lantern(instance, pose, r);
      default -> super.build(prop, instance, pose, r);
    }
  }

  private Vec brick(double r) {
    return new Vec(
        r * rng.uniform(0.5, 0.8), r * rng.uniform(0.25, 0.9), r * rng.uniform(0.3, 0.7));
  }

  private Pose turned(Pose pose) {
    return pose.pitched(rng.uniform(0, 3)).rolled(rng.uniform(0, 3));
  }

  private void tube(int instance, Pose pose, double r) {
    double tall = r * rng.uniform(0.4, 2);
    Pose at = rng.chance(0.3) ? pose.pitched(Math.PI / 2) : pose;
    double inner = r * rng.uniform(0.6, 0.9);
    rest(new Vessels.Tube(at, r, inner, tall, round(instance, Semantic.COLUMN)));
  }

  private Solid dome(int instance, Pose pose, double r) {
    Pose at = rng.chance(0.25) ? turned(pose) : pose;
    Vec half = new Vec(r, r * rng.uniform(0.3, 0.7), r * rng.uniform(0.7, 1));
    return new Vessels.Dome(at, half, round(instance, Semantic.BALL));
  }

  private void bowl(int instance, Pose pose, double r) {
    Pose at = rng.chance(0.3) ? turned(pose) : pose;
    double wall = rng.uniform(0.06, 0.2);
    rest(new Vessels.Bowl(at, r, r * rng.uniform(0.3, 0.6), wall, round(instance, Semantic.BALL)));
  }

  private Solid peg(int instance, Pose pose, double r) {
    Pose at = rng.chance(0.2) ? pose.pitched(Math.PI / 2) : pose;
    double tip = r * rng.uniform(0.1, 0.4);
    double half = r * rng.uniform(0.8, 1.8);
    return new Taper(at, r * 0.8, tip, half, round(instance, Semantic.CONE));
  }

  /** Two cones that share their base or their tips. */
  private void spindle(int instance, Pose pose, double r) {
    double tall = r * rng.uniform(0.5, 1.1);
    boolean waist = rng.chance(0.5);
    double end = r * rng.uniform(0.02, 0.3);
    Material material = look.round();
    for (int i = 0; i < 2; i++) {
      Tag tag = stage.part(instance, Semantic.CONE, material);
      boolean wideBelow = waist == (i == 0);
      Pose at = pose.moved(pose.point(0, tall * (2 * i + 1), 0));
      stage.add(new Shapes.Frustum(at, wideBelow ? r : end, wideBelow ? end : r, tall, tag));
    }
  }

  private Solid spire(int instance, Pose pose, double r) {
    double tall = r * rng.uniform(0.7, 2);
    return Polyhedron.spire(pose, 3 + rng.below(5), r, tall, flat(instance, Semantic.CONE));
  }

  /** A column with a foot and a capital. */
  private void pillar(int instance, Pose pose, double r) {
    double half = rng.uniform(0.3, 1.3);
    Material material = look.round();
    Tag shaft = stage.part(instance, Semantic.COLUMN, material);
    Tag foot = stage.part(instance, Semantic.COLUMN, material);
    Tag capital = stage.part(instance, Semantic.COLUMN, material);
    double plate = rng.uniform(0.03, 0.1);
    stage.add(new Shapes.Box(pose.moved(pose.point(0, plate, 0)), new Vec(r, plate, r), foot));
    double top = r * rng.uniform(0.5, 0.75);
    Pose middle = pose.moved(pose.point(0, 2 * plate + half, 0));
    stage.add(new Shapes.Frustum(middle, r * 0.75, top, half, shaft));
    Pose head = pose.moved(pose.point(0, 3 * plate + 2 * half, 0));
    stage.add(
        rng.chance(0.5)
            ? new Shapes.Box(head, new Vec(r * 0.9, plate, r * 0.9), capital)
            : new Shapes.Frustum(head, top, r, plate, capital));
  }

  private void bottle(int instance, Pose pose, double r) {
    Material material = look.round();
    Tag tag = stage.part(instance, Semantic.COLUMN, material);
    double half = r * rng.uniform(0.8, 1.6);
    double neck = r * rng.uniform(0.25, 0.4);
    stage.add(new Shapes.Frustum(pose.moved(pose.point(0, half, 0)), r * 0.8, r * 0.8, half, tag));
    Pose shoulder = pose.moved(pose.point(0, 2 * half + r * 0.3, 0));
    stage.add(new Shapes.Frustum(shoulder, r * 0.8, neck, r * 0.3, tag));
    Pose mouth = pose.moved(pose.point(0, 2 * half + r * 0.9, 0));
    stage.add(new Shapes.Frustum(mouth, neck, neck, r * 0.3, tag));
  }

  /** A snowman's worth of balls, each an object of its own. */
  private void balls(int instance, Pose pose, double radius) {
    double y = 0;
    double r = radius;
    int count = 2 + rng.below(2);
    for (int i = 0; i < count; i++) {
      Tag tag = round(i == 0 ? instance : stage.newInstance(), Semantic.BALL);
      stage.add(new Shapes.Ball(pose.moved(pose.point(0, y + r, 0)), new Vec(r, r, r), tag));
      y += 2 * r;
      r *= rng.uniform(0.55, 0.9);
    }
  }

  /** Rings on a stick, or one that leans. */
  private void hoops(int instance, Pose pose, double r) {
    if (rng.chance(0.4)) {
      Pose leaning = pose.pitched(rng.uniform(0.9, 1.5));
      double thick = r * rng.uniform(0.08, 0.2);
      rest(new Shapes.Ring(leaning, r - thick, thick, touch(), round(instance, Semantic.RING)));
      return;
    }
    double y = 0;
    int count = 2 + rng.below(4);
    for (int i = 0; i < count; i++) {
      double thick = r * rng.uniform(0.16, 0.26);
      double wide = r * (1 - 0.12 * i) - thick;
      Pose at = pose.moved(pose.point(0, y + thick, 0));
      stage.add(new Shapes.Ring(at, wide, thick, touch(), round(instance, Semantic.RING)));
      y += 1.8 * thick;
    }
  }

  /** Adds a box as a part of its own; the middle of its base stands at a place of the pose. */
  private void slab(Tag kind, Pose pose, Vec base, Vec half) {
    Tag tag = stage.part(kind.instance(), kind.semantic(), kind.material());
    Pose at = pose.moved(pose.point(base.x(), base.y() + half.y(), base.z()));
    stage.add(new Shapes.Box(at, half, tag));
  }

  private void armchair(int instance, Pose pose, double r) {
    Material cloth = look.cloth();
    Tag seat = stage.part(instance, Semantic.SEAT, cloth);
    Tag back = stage.part(instance, Semantic.SEAT, cloth);
    double half = r * 0.75;
    stage.add(new Shapes.Frustum(pose.moved(pose.point(0, 0.2, 0)), half * 0.9, half, 0.2, seat));
    double high = rng.uniform(0.2, 0.35);
    Pose behind = pose.moved(pose.point(0, 0.4 + high, -half * 0.8)).pitched(-0.15);
    stage.add(new Shapes.Ball(behind, new Vec(half, high * 1.3, 0.13), back));
    for (int side = -1; side <= 1; side += 2) {
      Tag arm = stage.part(instance, Semantic.SEAT, cloth);
      Pose at = pose.moved(pose.point(side * half, 0.5, 0)).pitched(Math.PI / 2);
      stage.add(new Shapes.Capsule(at, 0.07, half * 0.6, arm));
    }
  }

  private void bench(int instance, Pose pose, double r) {
    Tag wood = stage.part(instance, Semantic.SEAT, look.furniture());
    double seat = rng.uniform(0.38, 0.48);
    double wide = r * 0.95;
    slab(wood, pose, new Vec(0, seat, 0), new Vec(wide, 0.03, 0.2));
    legs(pose, new Vec(wide - 0.06, seat, 0.14), 0.03, wood);
    if (rng.chance(0.6)) {
      for (int i = 0; i < 2; i++) {
        slab(wood, pose, new Vec(0, seat + 0.16 + 0.17 * i, -0.2), new Vec(wide, 0.05, 0.015));
      }
    }
  }

  private void bed(int instance, Pose pose, double r) {
    Tag frame = stage.part(instance, Semantic.SEAT, look.furniture());
    Tag cover = stage.part(instance, Semantic.SEAT, look.cloth());
    Tag pillow = stage.part(instance, Semantic.SEAT, look.cloth());
    double wide = r * rng.uniform(0.45, 0.7);
    slab(frame, pose, Vec.ZERO, new Vec(wide, 0.12, r * 0.95));
    slab(cover, pose, new Vec(0, 0.24, 0), new Vec(wide * 0.97, 0.1, r * 0.93));
    slab(frame, pose, new Vec(0, 0, -r * 0.95), new Vec(wide, rng.uniform(0.3, 0.5), 0.04));
    Pose head = pose.moved(pose.point(0, 0.48, -r * 0.7));
    stage.add(new Shapes.Ball(head, new Vec(wide * 0.7, 0.09, 0.2), pillow));
  }

  private void desk(int instance, Pose pose, double r) {
    double height = rng.uniform(0.6, 0.8);
    Tag wood = stage.part(instance, Semantic.TABLE, look.furniture());
    double wide = r * 0.9;
    double deep = r * rng.uniform(0.35, 0.5);
    slab(wood, pose, new Vec(0, height - 0.04, 0), new Vec(wide, 0.02, deep));
    double chest = wide * rng.uniform(0.2, 0.4);
    Vec half = new Vec(chest, height / 2 - 0.02, deep * 0.95);
    slab(wood, pose, new Vec(wide - chest, 0, 0), half);
    Vec side = new Vec(0.02, height / 2 - 0.02, deep * 0.95);
    slab(wood, pose, new Vec(0.02 - wide, 0, 0), side);
    decorate(pose.point(0, height, 0), deep);
  }

  private void deskLamp(int instance, Pose pose, double r) {
    Tag stand = stage.part(instance, Semantic.LAMP, look.plain(look.colour(), 0.4));
    Tag shade = stage.part(instance, Semantic.LAMP, look.glowing());
    double high = r * rng.uniform(1.5, 3);
    stage.add(
        new Shapes.Frustum(pose.moved(pose.point(0, 0.02, 0)), r * 0.6, r * 0.6, 0.02, stand));
    Vec elbow = pose.point(-r * 0.4, high, 0);
    Vec foot = pose.point(0, 0, 0);
    double half = elbow.minus(foot).length() / 2;
    stage.add(new Shapes.Capsule(Pose.between(foot, elbow), r * 0.09, half, stand));
    Pose head = Pose.between(pose.point(r * 0.7, high * 0.75, 0), elbow);
    stage.add(new Shapes.Frustum(head, r * 0.7, r * 0.2, r * 0.45, shade));
  }

  private void lantern(int instance, Pose pose, double r) {
    Tag frame = stage.part(instance, Semantic.LAMP, look.plain(look.colour(), 0.4));
    Tag glass = stage.part(instance, Semantic.LAMP, look.glowing());
    double high = rng.uniform(0, 1.8);
    if (high > 0.6) {
      stage.add(
          new Shapes.Frustum(pose.moved(pose.point(0, high / 2, 0)), 0.05, 0.03, high / 2, frame));
    } else {
      high = 0;
    }
    Pose body = pose.moved(pose.point(0, high + r, 0));
    stage.add(Polyhedron.prism(body, 4 + rng.below(3), r * 0.7, r, glass));
    Pose roof = pose.moved(pose.point(0, high + 2.3 * r, 0));
    stage.add(Polyhedron.spire(roof, 4 + rng.below(3), r, r * 0.3, frame));
  }
}
