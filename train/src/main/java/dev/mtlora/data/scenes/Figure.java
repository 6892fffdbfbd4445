package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * One person of version 2: a skeleton held in a {@link Gesture}, in tapered limbs, dressed in one
 * of several ways. Lengths and the numbers of the parts are those of {@link Person}; a skirt goes
 * with the upper legs.
 */
final class Figure {
  private final Stage stage;
  private final Look look;
  private final Rng rng;
  private final int instance;
  private final double h;
  private final double girth;
  private final List<Solid> body = new ArrayList<>();
  private final Material skin;
  private final Material shirt;
  private final Material trousers;
  private final Material shoes;
  private final Material hair;
  private final boolean longSleeves;
  private final boolean longTrousers;

  private Figure(Stage stage, Look look, Rng rng, double height) {
    this.stage = stage;
    this.look = look;
    this.rng = rng;
    h = height;
    instance = stage.newInstance();
    girth = rng.uniform(0.9, 1.3);
    skin = look.skin();
    shirt = look.cloth();
    trousers = rng.chance(0.15) ? shirt : look.cloth();
    shoes = look.cloth();
    hair = look.hair();
    longSleeves = rng.chance(0.5);
    longTrousers = rng.chance(0.65);
  }

  /** Puts a person of a height in metres on a spot; {@code yaw} 0 faces +z. */
  static void put(Stage stage, Look look, Rng rng, Vec spot, double yaw, double height) {
    new Figure(stage, look, rng, height).build(spot, yaw, Gesture.draw(rng));
  }

  private void build(Vec spot, double yaw, Gesture gesture) {
    Pose hips = Pose.upright(Vec.ZERO, yaw).pitched(-gesture.lying());
    Vec ahead = hips.x().times(StrictMath.sin(gesture.twist()));
    Vec facing = hips.z().times(StrictMath.cos(gesture.twist())).plus(ahead);
    Pose chest =
        new Pose(Vec.ZERO, hips.y().cross(facing), hips.y(), facing)
            .pitched(gesture.lean())
            .rolled(gesture.tilt());
    torso(hips, chest);
    head(chest);
    arm(chest, -1, gesture.left().arm());
    arm(chest, 1, gesture.right().arm());
    boolean skirt = gesture.lying() == 0 && rng.chance(0.2);
    leg(hips, -1, gesture.left().leg());
    leg(hips, 1, gesture.right().leg());
    if (skirt && !gesture.sits()) {
      skirt(hips);
    }
    land(spot, gesture);
  }

  private void torso(Pose hips, Pose chest) {
    Tag trunk = stage.part(instance, Semantic.PERSON, 2, shirt);
    Vec seat = new Vec(0.1 * girth, 0.075, 0.072 * girth).times(h);
    body.add(
        new Shapes.Ball(hips.moved(hips.point(0, 0.02 * h, 0)), seat, Stage.same(trunk, trousers)));
    Vec belly = new Vec(0.09 * girth, 0.12, 0.07 * girth).times(h);
    body.add(new Shapes.Ball(chest.moved(chest.point(0, 0.11 * h, 0)), belly, trunk));
    Vec ribs = new Vec(0.112 * girth, 0.105, 0.072 * girth).times(h);
    body.add(new Shapes.Ball(chest.moved(chest.point(0, 0.21 * h, 0)), ribs, trunk));
    Vec left = chest.point(-0.085 * h * girth, 0.275 * h, 0);
    Vec right = chest.point(0.085 * h * girth, 0.275 * h, 0);
    body.add(limb(left, right, 0.036, 0.036, trunk));
    Vec neck = chest.point(0, 0.345 * h, 0.008 * h);
    body.add(limb(chest.point(0, 0.27 * h, 0), neck, 0.03, 0.028, Stage.same(trunk, skin)));
  }

  private void head(Pose chest) {
    double turn = rng.uniform(-0.8, 0.8);
    Vec side = chest.x().times(StrictMath.cos(turn)).minus(chest.z().times(StrictMath.sin(turn)));
    Vec ahead = chest.x().times(StrictMath.sin(turn)).plus(chest.z().times(StrictMath.cos(turn)));
    Pose facing =
        new Pose(chest.point(0, 0.41 * h, 0.015 * h), side, chest.y(), ahead)
            .pitched(rng.uniform(-0.3, 0.35));
    Tag face = stage.part(instance, Semantic.PERSON, 1, skin);
    body.add(new Shapes.Ball(facing, new Vec(0.05, 0.068, 0.06).times(h), face));
    body.add(
        new Shapes.Ball(
            facing.moved(facing.point(0, -0.01 * h, 0.058 * h)),
            new Vec(0.009, 0.016, 0.014).times(h),
            face));
    Tag dark = Stage.same(face, look.plain(Look.grey(0.12), 0.5));
    for (int eye = -1; eye <= 1; eye += 2) {
      Pose at = facing.moved(facing.point(eye * 0.021 * h, 0.01 * h, 0.052 * h));
      body.add(new Shapes.Ball(at, new Vec(0.01, 0.008, 0.008).times(h), dark));
    }
    Tag red = Stage.same(face, look.plain(Look.hsv(0, 0.6, 0.6), 0.1));
    Pose mouth = facing.moved(facing.point(0, -0.036 * h, 0.046 * h));
    body.add(new Shapes.Ball(mouth, new Vec(0.02, 0.006, 0.009).times(h), red));
    crown(facing, face);
  }

  /** Hair, beard and hats count as head. */
  private void crown(Pose facing, Tag face) {
    Tag locks = Stage.same(face, hair);
    Tag hat = Stage.same(face, rng.chance(0.5) ? shirt : look.cloth());
    double kind = rng.uniform();
    if (kind < 0.15) {
      Pose at = facing.moved(facing.point(0, 0.065 * h, -0.005 * h));
      body.add(new Shapes.Frustum(at, 0.058 * h, 0.045 * h, 0.03 * h, hat));
      Pose brim = facing.moved(facing.point(0, 0.036 * h, 0));
      body.add(new Shapes.Frustum(brim, 0.09 * h, 0.088 * h, 0.005 * h, hat));
    } else if (kind < 0.3) {
      Pose at = facing.moved(facing.point(0, 0.05 * h, -0.006 * h));
      body.add(new Vessels.Dome(at, new Vec(0.058, 0.034, 0.066).times(h), hat));
    } else if (kind < 0.92) {
      double fall = rng.chance(0.45) ? rng.uniform(0.08, 0.12) : 0.055; // long or short hair
      Pose at = facing.moved(facing.point(0, (0.08 - fall) * h, -0.016 * h));
      body.add(new Shapes.Ball(at, new Vec(0.058, fall, 0.056).times(h), locks));
    }
    if (rng.chance(0.15)) {
      Pose chin = facing.moved(facing.point(0, -0.05 * h, 0.022 * h));
      body.add(new Shapes.Ball(chin, new Vec(0.036, 0.034, 0.036).times(h), locks));
    }
  }

  private void arm(Pose chest, int side, Gesture.Limb held) {
    Vec shoulder = chest.point(side * 0.122 * h * girth, 0.275 * h, 0);
    Vec upper = chest.direction(bent(held.forward(), side * held.out()));
    Vec lower = chest.direction(bent(held.lowerForward(), side * held.lowerOut()));
    Vec elbow = shoulder.plus(upper.times(0.165 * h));
    Vec wrist = elbow.plus(lower.times(0.145 * h));
    Tag sleeve = stage.part(instance, Semantic.PERSON, 3, shirt);
    // Where two limbs meet their balls differ a little: equal ones would flicker.
    body.add(limb(shoulder, elbow, 0.036, 0.026, sleeve));
    Tag fore = stage.part(instance, Semantic.PERSON, 4, longSleeves ? shirt : skin);
    body.add(limb(elbow, wrist, 0.025, 0.018, fore));
    Vec fingers = wrist.plus(lower.times(0.06 * h));
    Vec palm = new Vec(0.022, 0.042, 0.018).times(h);
    body.add(new Shapes.Ball(Pose.between(wrist, fingers), palm, Stage.same(fore, skin)));
  }

  private void leg(Pose hips, int side, Gesture.Limb held) {
    Vec hip = hips.point(side * 0.054 * h * girth, 0, 0);
    Vec upper = hips.direction(bent(held.forward(), side * held.out()));
    Vec lower = hips.direction(bent(held.lowerForward(), side * held.lowerOut()));
    Vec knee = hip.plus(upper.times(0.24 * h));
    Vec ankle = knee.plus(lower.times(0.23 * h));
    Tag thigh = stage.part(instance, Semantic.PERSON, 5, trousers);
    body.add(limb(hip, knee, 0.054, 0.037, thigh));
    Tag shin = stage.part(instance, Semantic.PERSON, 6, longTrousers ? trousers : skin);
    body.add(limb(knee, ankle, 0.036, 0.024, shin));
    Vec sole = hips.direction(bent(held.lowerForward() + 1.45, side * 0.15));
    Tag shoe = Stage.same(shin, shoes);
    body.add(limb(ankle, ankle.plus(sole.times(0.105 * h)), 0.029, 0.022, shoe));
  }

  private void skirt(Pose hips) {
    double half = h * rng.uniform(0.09, 0.2);
    Tag tag = stage.part(instance, Semantic.PERSON, 5, rng.chance(0.5) ? shirt : trousers);
    Pose at = hips.moved(hips.point(0, 0.06 * h - half, 0));
    double hem = 0.1 * h * girth + half * rng.uniform(0.2, 0.5);
    body.add(new Shapes.Frustum(at, hem, 0.085 * h * girth, half, tag));
  }

  /** Hanging down, then swung {@code forward} (towards z) and {@code out} (towards x), radians. */
  private static Vec bent(double forward, double out) {
    double c = StrictMath.cos(out);
    return new Vec(StrictMath.sin(out), -StrictMath.cos(forward) * c, StrictMath.sin(forward) * c);
  }

  private Solid limb(Vec from, Vec to, double start, double end, Tag tag) {
    double half = to.minus(from).length() / 2;
    double thick = h * girth;
    return new Taper(Pose.between(from, to), start * thick, end * thick, half, tag);
  }

  /** Lets the finished body down onto the ground, or onto a stool. */
  private void land(Vec spot, Gesture gesture) {
    double lowest = 0;
    for (Solid s : body) {
      lowest = Math.min(lowest, s.pose.at().y() - s.reach(Vec.DOWN));
    }
    for (Solid s : body) {
      s.shift(spot.plus(new Vec(0, -lowest, 0)));
      stage.add(s);
    }
    double half = (-lowest - 0.055 * h) / 2;
    if (gesture.sits() && half > 0.05) {
      stool(spot.plus(new Vec(0, half, 0)), half);
    }
  }

  private void stool(Vec at, double half) {
    double wide = h * rng.uniform(0.1, 0.15);
    Tag tag = stage.part(stage.newInstance(), Semantic.SEAT, look.furniture());
    Pose pose = Pose.upright(at, rng.uniform(0, 3));
    stage.add(
        rng.chance(0.5)
            ? new Shapes.Box(pose, new Vec(wide, half, wide), tag)
            : new Shapes.Frustum(pose, wide, wide * 1.1, half, tag));
  }
}
