package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;

/**
 * Draws a scene of version 2: somebody to look at and how large in the picture, a camera for that,
 * then who and what stands around, perhaps in the way, then light.
 */
final class Director {
  private final Rng rng;
  private final Look look;
  private final Stage stage = new Stage();
  private final Warehouse warehouse;
  private final FloorPlan plan;
  private final int size;

  private Director(Domain domain, int size, Rng rng) {
    this.rng = rng;
    this.size = size;
    this.look = new WideLook(domain, rng);
    this.warehouse = new Warehouse(stage, look, rng);
    this.plan = new FloorPlan(rng);
  }

  /**
   * Whom the camera is for.
   *
   * @param height of the person in metres
   * @param distance of the person along the heading, metres
   * @param aim height that the camera looks at there, metres
   */
  private record Subject(double height, double distance, double aim) {}

  /** The scene that belongs to a stream, for a square picture of {@code size} pixels. */
  static Scene compose(Domain domain, int size, Rng rng) {
    Director director = new Director(domain, size, rng);
    return rng.chance(0.55) ? director.indoors() : director.outdoors();
  }

  private Scene indoors() {
    Vec half = new Vec(rng.uniform(1.7, 4), rng.uniform(1.2, 1.8), rng.uniform(2, 4.5));
    Backdrop room =
        new Backdrop.Room(
            half, stage.part(0, Semantic.WALL, look.wall()), look.floor(), look.ceiling());
    double back = half.z() - rng.uniform(0.1, 0.5);
    Vec foot = new Vec(rng.uniform(-0.7, 0.7) * half.x(), 0, back);
    Vec goal = new Vec(rng.uniform(-0.6, 0.6) * half.x(), 0, rng.uniform(-1, 0) * half.z());
    View view = stand(foot, goal.minus(foot).unit(), back + 0.7 * half.z(), 2 * half.y() - 0.2);
    plan.bound(half.x(), half.z());
    Interior.build(stage, look, rng, half);
    populate(view, true);
    return finish(view, room, Lighting.indoors(look, rng, half, stage.solids));
  }

  private Scene outdoors() {
    double rim = rng.uniform(20, 45);
    Backdrop ground = new Backdrop.Ground(rim, stage.part(0, Semantic.GROUND, look.ground()));
    plan.bound(14, 14);
    Vec ahead = new Vec(rng.uniform(-0.15, 0.15), 0, -1).unit();
    View view = stand(Vec.ZERO, ahead, 12, rng.chance(0.15) ? 5 : 2.6);
    Surroundings.build(stage, look, rng, rim);
    populate(view, false);
    Vec floor = ground.material(0).first();
    return finish(view, ground, Lighting.outdoors(look, rng, floor, stage.solids));
  }

  private Scene finish(View view, Backdrop backdrop, Lighting light) {
    return new Scene(view, backdrop, stage.solids, light.lights(), light.sky(), stage.instances());
  }

  /** Places the camera over a spot and, most often, a person before it. */
  private View stand(Vec foot, Vec ahead, double farthest, double highest) {
    double spread = rng.uniform(0.4, look.source ? 0.75 : 0.85);
    boolean somebody = rng.chance(0.8);
    Subject subject = subject(spread, farthest);
    double low = Math.max(0.25, subject.aim - 0.7 * subject.distance);
    double high = Math.min(highest, subject.aim + 0.9 * subject.distance);
    double level = rng.chance(0.6) ? rng.uniform(1, 1.8) : rng.uniform(low, Math.max(low, high));
    double eye = Math.max(low, Math.min(high, level));
    Vec at = foot.plus(new Vec(0, eye, 0));
    Vec back = ahead.times(-subject.distance).plus(new Vec(0, eye - subject.aim, 0)).unit();
    Vec right = Vec.UP.cross(back).unit();
    double roll = rng.chance(0.2) ? 0.2 : 0.05;
    Pose upright = new Pose(at, right, back.cross(right), back);
    plan.take(foot, 0.25);
    if (somebody) {
      double side = rng.uniform(-0.45, 0.45) * spread * subject.distance;
      put(foot.plus(ahead.times(subject.distance)).plus(right.times(side)), subject.height);
    }
    return new View(upright.rolled(rng.uniform(-roll, roll)), spread, size);
  }

  /** A whole body, one that is cut off by the picture, or one farther away. */
  private Subject subject(double spread, double farthest) {
    double height = rng.chance(0.2) ? rng.uniform(0.95, 1.4) : rng.uniform(1.5, 1.95);
    double kind = rng.uniform();
    double share =
        kind < 0.55
            ? rng.uniform(0.65, 1.1)
            : kind < 0.75 ? rng.uniform(1.1, 2.2) : rng.uniform(0.35, 0.65);
    double distance = Math.min(height / (2 * spread * share), farthest);
    double middle = share > 1.1 ? rng.uniform(0.55, 0.85) : rng.uniform(0.35, 0.6);
    return new Subject(height, Math.max(0.8, distance), middle * height);
  }

  private void put(Vec at, double height) {
    plan.take(at, Person.ELBOW_ROOM * height);
    Figure.put(stage, look, rng, at, rng.uniform(0, 2 * Math.PI), height);
  }

  /** More people, something in the way, then things large and small. */
  private void populate(View view, boolean indoors) {
    int people = rng.chance(0.4) ? 0 : 1 + rng.below(3);
    for (int i = 0; i < people; i++) {
      double height = rng.chance(0.2) ? rng.uniform(0.95, 1.4) : rng.uniform(1.5, 1.95);
      Vec at = plan.find(view, Person.ELBOW_ROOM * height, 1.3, indoors ? 5 : 8);
      if (at != null) {
        Figure.put(stage, look, rng, at, rng.uniform(0, 2 * Math.PI), height);
      }
    }
    if (rng.chance(0.35)) {
      place(view, indoors, rng.uniform(0.3, 0.5), new double[] {0.4, 1.2});
    }
    int things = 3 + rng.below(6);
    for (int i = 0; i < things; i++) {
      double grown = indoors ? 1 : rng.uniform(1, 1.8);
      place(view, indoors, grown, new double[] {0.9, indoors ? 5 : 10});
    }
    if (rng.chance(0.5)) {
      clutter(view);
    }
  }

  private void place(View view, boolean indoors, double grown, double[] range) {
    Prop prop = Prop.pick(look, indoors, rng.uniform());
    boolean tree = prop == Prop.TREE || prop == Prop.PALM;
    double radius = prop.radius(rng.uniform()) * (tree ? 1 : grown);
    double nearest = tree ? 3 : range[0];
    Vec at = plan.find(view, radius, nearest, Math.max(nearest + 1, range[1]));
    if (at != null) {
      warehouse.put(prop, at, radius);
    }
  }

  /** A heap of small things. */
  private void clutter(View view) {
    Vec middle = plan.find(view, 0.5, 0.6, 4);
    int things = 3 + rng.below(4);
    for (int i = 0; middle != null && i < things; i++) {
      double turn = i * 2.4;
      double out = 0.15 + 0.07 * i;
      Vec at = middle.plus(new Vec(out * StrictMath.cos(turn), 0, out * StrictMath.sin(turn)));
      Prop prop = Prop.pick(look, true, rng.uniform());
      warehouse.put(prop.fitsOnTable() ? prop : Prop.BLOCK, at, rng.uniform(0.06, 0.13));
    }
  }
}
