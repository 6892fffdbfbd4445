package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;

/** Builds things out of solids, standing on a spot. */
class Workshop {
  final Stage stage;
  final Look look;
  final Rng rng;

  Workshop(Stage stage, Look look, Rng rng) {
    this.stage = stage;
    this.look = look;
    this.rng = rng;
  }

  /** Builds a thing of a footprint radius (metres) on a spot. */
  final void put(Prop prop, Vec spot, double radius) {
    Pose pose = Pose.upright(spot, rng.uniform(0, 2 * Math.PI));
    build(prop, stage.newInstance(), pose, radius);
  }

  /** Builds a thing that stands on the place of a pose. */
  void build(Prop prop, int instance, Pose pose, double radius) {
    switch (prop) {
      case TABLE -> table(instance, pose, radius);
      case CHAIR -> chair(instance, pose, radius);
      case SOFA -> sofa(instance, pose, radius);
      case LAMP -> lamp(instance, pose, radius);
      case SHELF -> shelf(instance, pose, radius);
      case TREE -> tree(instance, pose, radius);
      case BUSH -> bush(instance, pose, radius);
      case TOWER -> tower(instance, pose, radius);
      default -> rest(simple(prop, instance, pose, radius));
    }
  }

  /** Lets a solid down onto the spot that its centre is at. */
  final void rest(Solid solid) {
    solid.shift(new Vec(0, solid.reach(Vec.DOWN), 0));
    stage.add(solid);
  }

  /** How near a ray that crawls along a ring must come to touch it, metres. */
  double touch() {
    return Double.POSITIVE_INFINITY;
  }

  private Solid simple(Prop prop, int instance, Pose upright, double r) {
    boolean lying = rng.chance(0.25);
    Pose pose = lying ? upright.pitched(Math.PI / 2) : upright;
    double tall = r * rng.uniform(0.5, lying ? 0.9 : 2.0);
    return switch (prop) {
      case EGG ->
          new Shapes.Ball(
              upright.pitched(rng.uniform(0, 3)).rolled(rng.uniform(0, 3)),
              new Vec(r, r * rng.uniform(0.35, 0.8), r * rng.uniform(0.5, 1)),
              round(instance, Semantic.BALL));
      case BLOCK ->
          new Shapes.Box(
              rng.chance(0.2)
                  ? upright.pitched(rng.uniform(0, 1.5)).rolled(rng.uniform(0, 1))
                  : upright,
              new Vec(r * rng.uniform(0.4, 0.8), tall * 0.8, r * rng.uniform(0.3, 0.7)),
              flat(instance, Semantic.BLOCK));
      case PRISM ->
          Polyhedron.prism(upright, 3 + rng.below(4), r, tall, flat(instance, Semantic.BLOCK));
      case CYLINDER -> new Shapes.Frustum(pose, r, r, tall, round(instance, Semantic.COLUMN));
      case CAPSULE ->
          new Shapes.Capsule(pose, r * 0.7, tall * 0.8, round(instance, Semantic.COLUMN));
      case CONE ->
          new Shapes.Frustum(
              upright, r, rng.chance(0.6) ? 0 : r * 0.5, tall, round(instance, Semantic.CONE));
      case PYRAMID ->
          Polyhedron.pyramid(upright, r * 0.75, tall * 0.8, flat(instance, Semantic.CONE));
      case RING ->
          new Shapes.Ring(
              upright.pitched(rng.chance(0.5) ? Math.PI / 2 : 0),
              r * 0.75,
              r * rng.uniform(0.12, 0.25),
              touch(),
              round(instance, Semantic.RING));
      case OCTAHEDRON -> Polyhedron.octahedron(upright, r, flat(instance, Semantic.BLOCK));
      default -> new Shapes.Ball(upright, new Vec(r, r, r), round(instance, Semantic.BALL));
    };
  }

  final Tag flat(int instance, int semantic) {
    return stage.part(instance, semantic, look.flat());
  }

  final Tag round(int instance, int semantic) {
    return stage.part(instance, semantic, look.round());
  }

  /** Two to four blocks and drums on top of each other, each an object of its own. */
  private void tower(int instance, Pose pose, double radius) {
    double y = 0;
    double r = radius;
    int storeys = 2 + rng.below(3);
    for (int i = 0; i < storeys; i++) {
      double half = rng.uniform(0.1, 0.3);
      int id = i == 0 ? instance : stage.newInstance();
      Pose at = Pose.upright(pose.point(0, y + half, 0), rng.uniform(0, 3));
      if (rng.chance(0.5)) {
        stage.add(new Shapes.Box(at, new Vec(r * 0.7, half, r * 0.7), flat(id, Semantic.BLOCK)));
      } else {
        stage.add(new Shapes.Frustum(at, r, r, half, round(id, Semantic.COLUMN)));
      }
      y += 2 * half;
      r *= rng.uniform(0.65, 1);
    }
    if (rng.chance(0.5)) {
      Solid top =
          simple(rng.chance(0.5) ? Prop.BALL : Prop.CONE, stage.newInstance(), pose, r * 0.8);
      top.shift(new Vec(0, y, 0));
      rest(top);
    }
  }

  private void table(int instance, Pose pose, double r) {
    double height = rng.uniform(0.4, 0.8);
    Material material = look.furniture();
    Tag top = stage.part(instance, Semantic.TABLE, material);
    Tag legs = stage.part(instance, Semantic.TABLE, rng.chance(0.5) ? material : look.round());
    double half = 0.025;
    Pose at = pose.moved(pose.point(0, height - half, 0));
    double free;
    if (rng.chance(0.4)) {
      stage.add(new Shapes.Frustum(at, r, r, half, top));
      Pose leg = pose.moved(pose.point(0, height / 2 - half, 0));
      stage.add(new Shapes.Frustum(leg, r * 0.3, 0.04, height / 2 - half, legs));
      free = r;
    } else {
      double wide = r * 0.85;
      double deep = r * rng.uniform(0.4, 0.5);
      stage.add(new Shapes.Box(at, new Vec(wide, half, deep), top));
      legs(pose, new Vec(wide - 0.05, height - 2 * half, deep - 0.05), 0.03, legs);
      free = deep;
    }
    decorate(pose.point(0, height, 0), free);
  }

  final void decorate(Vec top, double free) {
    int things = rng.below(4);
    double turn = rng.uniform(0, 6);
    for (int i = 0; i < things; i++) {
      Prop prop = Prop.pick(look, true, rng.uniform());
      double r = Math.min(free * 0.4, rng.uniform(0.05, 0.16));
      double angle = turn + i * 2.1;
      double out = things == 1 ? 0 : free - r - 0.02;
      Vec spot = top.plus(new Vec(out * StrictMath.cos(angle), 0, out * StrictMath.sin(angle)));
      put(prop.fitsOnTable() ? prop : Prop.BALL, spot, r);
    }
  }

  final void legs(Pose pose, Vec corner, double thick, Tag tag) {
    for (int i = 0; i < 4; i++) {
      double x = (i & 1) == 0 ? corner.x() : -corner.x();
      double z = (i & 2) == 0 ? corner.z() : -corner.z();
      Pose at = pose.moved(pose.point(x, corner.y() / 2, z));
      stage.add(new Shapes.Box(at, new Vec(thick, corner.y() / 2, thick), tag));
    }
  }

  private void chair(int instance, Pose pose, double r) {
    double seat = rng.uniform(0.4, 0.5);
    double half = r * 0.7;
    Material material = look.furniture();
    Tag board = stage.part(instance, Semantic.SEAT, rng.chance(0.5) ? look.flat() : material);
    Tag legs = stage.part(instance, Semantic.SEAT, material);
    Pose at = pose.moved(pose.point(0, seat, 0));
    if (rng.chance(0.25)) { // a stool
      stage.add(new Shapes.Frustum(at, half, half, 0.03, board));
    } else {
      stage.add(new Shapes.Box(at, new Vec(half, 0.025, half), board));
      double back = rng.uniform(0.2, 0.3);
      Pose behind = pose.moved(pose.point(0, seat + back, -half)).pitched(-0.12);
      Tag rest = stage.part(instance, Semantic.SEAT, board.material());
      stage.add(new Shapes.Box(behind, new Vec(half, back, 0.02), rest));
    }
    legs(pose, new Vec(half - 0.03, seat - 0.02, half - 0.03), 0.02, legs);
  }

  private void sofa(int instance, Pose pose, double r) {
    Material cloth = look.cloth();
    double wide = r * 0.9;
    double deep = 0.4;
    Vec[] at = {
      new Vec(0, 0.22, 0), new Vec(0, 0.5, -0.32), new Vec(-wide, 0.32, 0), new Vec(wide, 0.32, 0)
    };
    Vec[] half = {
      new Vec(wide, 0.22, deep),
      new Vec(wide, 0.32, 0.1),
      new Vec(0.1, 0.32, deep),
      new Vec(0.1, 0.32, deep)
    };
    for (int i = 0; i < at.length; i++) {
      Tag tag = stage.part(instance, Semantic.SEAT, cloth);
      Pose place = pose.moved(pose.point(at[i].x(), at[i].y(), at[i].z()));
      stage.add(new Shapes.Box(place, half[i], tag));
    }
  }

  private void lamp(int instance, Pose pose, double r) {
    double height = rng.uniform(1.0, 1.7);
    Tag stand = stage.part(instance, Semantic.LAMP, look.plain(look.colour(), 0.4));
    Tag shade = stage.part(instance, Semantic.LAMP, look.glowing());
    stage.add(
        new Shapes.Frustum(pose.moved(pose.point(0, 0.02, 0)), r * 0.7, r * 0.7, 0.02, stand));
    Pose pole = pose.moved(pose.point(0, height / 2, 0));
    stage.add(new Shapes.Frustum(pole, 0.02, 0.02, height / 2, stand));
    Pose top = pose.moved(pose.point(0, height, 0));
    if (rng.chance(0.7)) {
      stage.add(new Shapes.Frustum(top, r, r * 0.5, 0.16, shade));
    } else {
      stage.add(new Shapes.Ball(top, new Vec(r * 0.7, r * 0.7, r * 0.7), shade));
    }
  }

  private void shelf(int instance, Pose pose, double r) {
    double height = rng.uniform(0.6, 1.9);
    double wide = r * 0.9;
    double deep = 0.18;
    Material material = look.furniture();
    Tag sides = stage.part(instance, Semantic.TABLE, material);
    for (int side = -1; side <= 1; side += 2) {
      Pose at = pose.moved(pose.point(side * wide, height / 2, 0));
      stage.add(new Shapes.Box(at, new Vec(0.02, height / 2, deep), sides));
    }
    int boards = 2 + (int) (height / 0.45);
    for (int i = 0; i < boards; i++) {
      Tag board = stage.part(instance, Semantic.TABLE, material);
      double y = 0.02 + i * (height - 0.04) / (boards - 1);
      stage.add(new Shapes.Box(pose.moved(pose.point(0, y, 0)), new Vec(wide, 0.02, deep), board));
      if (rng.chance(0.7)) {
        double size = rng.uniform(0.06, 0.14);
        Vec spot = pose.point(rng.uniform(-0.6, 0.6) * wide, y + 0.02, 0);
        put(rng.chance(0.5) ? Prop.BLOCK : Prop.BALL, spot, size);
      }
    }
  }

  private void tree(int instance, Pose pose, double r) {
    double trunk = rng.uniform(0.8, 2.2);
    Tag bark = stage.part(instance, Semantic.TREE, look.bark());
    Tag crown = stage.part(instance, Semantic.TREE, look.leaves());
    Pose stem = pose.moved(pose.point(0, trunk / 2, 0));
    stage.add(new Shapes.Frustum(stem, 0.08 + 0.06 * r, 0.05 + 0.04 * r, trunk / 2, bark));
    if (rng.chance(0.35)) { // a conifer
      for (int i = 0; i < 3; i++) {
        double k = 1 - 0.27 * i;
        Pose at = pose.moved(pose.point(0, trunk * 0.6 + r * (0.5 + 0.75 * i), 0));
        stage.add(new Shapes.Frustum(at, r * 0.8 * k, 0.02, r * 0.6, crown));
      }
      return;
    }
    for (int i = 0; i < 5; i++) {
      double size = r * rng.uniform(0.45, 0.7);
      double x = i == 0 ? 0 : rng.uniform(-0.45, 0.45) * r;
      double z = i == 0 ? 0 : rng.uniform(-0.45, 0.45) * r;
      Pose at = pose.moved(pose.point(x, trunk + r * (0.3 + rng.uniform(0, 0.7)), z));
      stage.add(new Shapes.Ball(at, new Vec(size, size * 0.8, size), crown));
    }
  }

  private void bush(int instance, Pose pose, double r) {
    Tag crown = stage.part(instance, Semantic.TREE, look.leaves());
    for (int i = 0; i < 3; i++) {
      double size = r * rng.uniform(0.45, 0.65);
      double x = rng.uniform(-0.4, 0.4) * r;
      double z = rng.uniform(-0.4, 0.4) * r;
      Pose at = pose.moved(pose.point(x, size * 0.6, z));
      stage.add(new Shapes.Ball(at, new Vec(size, size * 0.9, size), crown));
    }
  }
}
