package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws a scene of version 1 from a stream of random numbers: first where, then who and what, then
 * light.
 */
final class Composer {
  private final Rng rng;
  private final Look look;
  private final Stage stage = new Stage();
  private final Workshop workshop;
  private final FloorPlan plan;
  private final int size;

  private Composer(Domain domain, int size, Rng rng) {
    this.rng = rng;
    this.size = size;
    this.look = new Look(domain, rng);
    this.workshop = new Workshop(stage, look, rng);
    this.plan = new FloorPlan(rng);
  }

  /** The scene that belongs to a stream, for a square picture of {@code size} pixels. */
  static Scene compose(Domain domain, int size, Rng rng) {
    Composer composer = new Composer(domain, size, rng);
    boolean indoors = rng.chance(domain == Domain.SOURCE ? 0.6 : 0.5);
    return indoors ? composer.indoors() : composer.outdoors();
  }

  private Scene indoors() {
    Vec half = new Vec(rng.uniform(1.7, 4), rng.uniform(1.2, 1.7), rng.uniform(2, 4.5));
    Backdrop room =
        new Backdrop.Room(
            half, stage.part(0, Semantic.WALL, look.wall()), look.floor(), look.ceiling());
    Vec eye =
        new Vec(
            rng.uniform(-0.7, 0.7) * half.x(),
            Math.min(rng.uniform(0.5, 2.1), 2 * half.y() - 0.3),
            half.z() - rng.uniform(0.2, 0.6));
    Vec target =
        new Vec(
            rng.uniform(-0.5, 0.5) * half.x(),
            rng.uniform(0.3, 1.3),
            rng.uniform(-1, 0.1) * half.z());
    View view = camera(eye, target);
    plan.take(eye, 0.25);
    pictures(half);
    plan.bound(half.x(), half.z());
    populate(view, true);
    return finish(view, room, roomLights(half), roomSky());
  }

  private Scene outdoors() {
    double rim = rng.uniform(25, 45);
    Backdrop ground = new Backdrop.Ground(rim, stage.part(0, Semantic.GROUND, look.ground()));
    Vec eye = new Vec(0, rng.uniform(0.6, 2.6), 0);
    double far = rng.uniform(3, 9);
    View view = camera(eye, new Vec(rng.uniform(-0.5, 0.5), rng.uniform(0.4, 1.6), -far));
    plan.take(Vec.ZERO, 0.5);
    Surroundings.build(stage, look, rng, rim);
    plan.bound(14, 14);
    populate(view, false);
    Vec zenith = skyColour();
    Vec horizon = zenith.mix(Look.grey(0.95), rng.uniform(0.4, 0.8));
    Vec nadir = ground.material(0).first().times(0.3);
    double haze = look.source ? rng.uniform(80, 250) : rng.uniform(25, 120);
    Sky sky = new Sky(zenith, horizon, nadir, rng.uniform(0.2, 0.75), rng.uniform(0, 90), haze);
    return finish(view, ground, daylight(), sky);
  }

  private Vec skyColour() {
    if (look.source) {
      return Look.hsv(rng.uniform(0.54, 0.62), rng.uniform(0.3, 0.65), rng.uniform(0.65, 0.9));
    }
    double hue = rng.chance(0.5) ? rng.uniform(0.75, 1.08) : rng.uniform(0.5, 0.75);
    return Look.hsv(hue, rng.uniform(0.1, 0.6), rng.uniform(0.3, 0.85));
  }

  private View camera(Vec eye, Vec target) {
    Vec back = eye.minus(target).unit();
    Vec right = Vec.UP.cross(back).unit();
    Pose level = new Pose(eye, right, back.cross(right), back);
    double roll = look.source ? 0.06 : 0.12;
    double spread = rng.uniform(look.source ? 0.45 : 0.55, look.source ? 0.7 : 0.85);
    return new View(level.rolled(rng.uniform(-roll, roll)), spread, size);
  }

  /** People first, then things, in the part of the floor that the camera sees. */
  private void populate(View view, boolean indoors) {
    int people = rng.chance(0.2) ? 0 : 1 + rng.below(look.source ? 3 : 4);
    double foremost = rng.uniform(2, 4.2);
    for (int i = 0; i < people; i++) {
      double height = rng.chance(0.2) ? rng.uniform(0.95, 1.4) : rng.uniform(1.5, 1.95);
      double nearest = i == 0 ? 1.4 : 1.8;
      double farthest = i == 0 ? foremost : indoors ? 6 : 11;
      double room = Person.ELBOW_ROOM * height;
      Vec at = plan.find(view, room, nearest, farthest);
      if (at != null) {
        Person.put(stage, look, rng, at, rng.uniform(0, 2 * Math.PI), height);
      }
    }
    int things = indoors ? 4 + rng.below(7) : 5 + rng.below(9);
    for (int i = 0; i < things; i++) {
      Prop prop = Prop.pick(look, indoors, rng.uniform());
      boolean tree = prop == Prop.TREE;
      double radius = prop.radius(rng.uniform()) * (indoors || tree ? 1 : rng.uniform(1, 1.8));
      Vec at = plan.find(view, radius, tree ? 4 : 1.1, indoors ? 7 : 14);
      if (at != null) {
        workshop.put(prop, at, radius);
      }
    }
  }

  /** Framed pictures and windows on the three walls in front of the camera. */
  private void pictures(Vec half) {
    int count = rng.below(4);
    for (int i = 0; i < count; i++) {
      double wide = rng.uniform(0.2, 0.7);
      double high = rng.uniform(0.2, 0.5);
      double y = rng.uniform(1.1, 1.7);
      double along = rng.uniform(-0.6, 0.6);
      Pose pose =
          switch (i) {
            case 0 -> Pose.upright(new Vec(along * half.x(), y, -half.z()), 0);
            case 1 -> Pose.upright(new Vec(-half.x(), y, along * half.z()), Math.PI / 2);
            default -> Pose.upright(new Vec(half.x(), y, along * half.z()), -Math.PI / 2);
          };
      Surroundings.frame(stage, look, pose, new Vec(wide, high, 0.03));
    }
  }

  private List<Light> roomLights(Vec half) {
    List<Light> lights = new ArrayList<>();
    int count = 1 + rng.below(3);
    for (int i = 0; i < count; i++) {
      Vec at =
          new Vec(
              rng.uniform(-0.8, 0.8) * half.x(),
              2 * half.y() - rng.uniform(0.05, 0.4),
              rng.uniform(-0.8, 0.8) * half.z());
      Vec under = new Vec(at.x() * 0.7, 0, at.z() * 0.7);
      double power = rng.uniform(0.6, 1.2) / Math.sqrt(count);
      lights.add(new Light(at, under, lightColour().times(power), 4, stage.solids));
    }
    return lights;
  }

  private List<Light> daylight() {
    List<Light> lights = new ArrayList<>();
    Vec sun =
        new Vec(rng.uniform(-1, 1), rng.uniform(0.35, 1.3), rng.uniform(-0.7, 1)).unit().times(400);
    double power = look.source ? rng.uniform(0.7, 1.2) : rng.uniform(0.4, 1.4);
    Vec middle = new Vec(0, 0, -6);
    lights.add(
        new Light(
            middle.plus(sun),
            middle,
            lightColour().times(power),
            Double.POSITIVE_INFINITY,
            stage.solids));
    if (rng.chance(0.3)) {
      Vec lamp = new Vec(rng.uniform(-4, 4), rng.uniform(3, 6), rng.uniform(-9, -2));
      Vec under = new Vec(lamp.x(), 0, lamp.z() - 0.5);
      lights.add(new Light(lamp, under, lightColour().times(0.7), 6, stage.solids));
    }
    return lights;
  }

  private Vec lightColour() {
    return look.source
        ? Look.hsv(rng.uniform(0.05, 0.17), rng.uniform(0, 0.2), 1)
        : Look.hsv(rng.uniform(), rng.uniform(0.02, 0.25), 1);
  }

  private Sky roomSky() {
    double level = look.source ? rng.uniform(0.45, 0.65) : rng.uniform(0.25, 0.5);
    Vec tint = Look.hsv(rng.uniform(), look.source ? 0.08 : 0.15, level);
    return new Sky(tint, tint.times(0.85), tint.times(0.75), 0, 0, Double.POSITIVE_INFINITY);
  }

  private Scene finish(View view, Backdrop backdrop, List<Light> lights, Sky sky) {
    return new Scene(view, backdrop, stage.solids, lights, sky, stage.instances());
  }
}
