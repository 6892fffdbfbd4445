package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * One articulated person: a skeleton with random joint angles, dressed in ellipsoids and capsules.
 *
 * <p>Lengths are shares of the body height after Winter, Biomechanics and Motor Control of Human
 * Movement. Parts are numbered as in PASCAL-Context: 1 head, 2 torso, 3 upper arm, 4 lower arm, 5
 * upper leg, 6 lower leg; hands go with lower arms, feet with lower legs, the neck with the torso.
 */
final class Person {
  /** Half the width that a person needs, as a share of the height. */
  static final double ELBOW_ROOM = 0.24;

  private enum Posture {
    STAND,
    WALK,
    SIT,
    REACH,
    LEAP
  }

  private final Stage stage;
  private final Rng rng;
  private final int instance;
  private final double height;
  private final List<Solid> body = new ArrayList<>();
  private final Material skin;
  private final Material shirt;
  private final Material trousers;
  private final Material shoes;
  private final boolean longSleeves;
  private final boolean longTrousers;
  private final double girth;

  private Person(Stage stage, Look look, Rng rng, double height) {
    this.stage = stage;
    this.rng = rng;
    this.height = height;
    instance = stage.newInstance();
    skin = look.skin();
    shirt = look.cloth();
    trousers = look.cloth();
    shoes = look.cloth();
    longSleeves = rng.chance(0.5);
    longTrousers = rng.chance(0.7);
    girth = rng.uniform(0.88, 1.3);
  }

  /** Puts a person of a height in metres on a spot; {@code yaw} 0 faces +z. */
  static void put(Stage stage, Look look, Rng rng, Vec spot, double yaw, double height) {
    new Person(stage, look, rng, height).build(look, spot, yaw);
  }

  private void build(Look look, Vec spot, double yaw) {
    Posture posture = Posture.values()[rng.below(Posture.values().length)];
    double lean = posture == Posture.SIT ? rng.uniform(-0.3, 0.3) : rng.uniform(-0.1, 0.3);
    Pose pelvis = Pose.upright(Vec.ZERO, yaw);
    Pose chest = pelvis.pitched(lean).rolled(rng.uniform(-0.1, 0.1));
    torso(pelvis, chest);
    head(look, chest);
    double stride = posture == Posture.WALK ? rng.uniform(0.25, 0.6) : rng.uniform(-0.1, 0.15);
    for (int side = -1; side <= 1; side += 2) {
      arm(chest, side, posture, side * stride);
      leg(pelvis, side, posture, side * stride);
    }
    land(spot, posture);
  }

  private void torso(Pose pelvis, Pose chest) {
    Tag trunk = stage.part(instance, Semantic.PERSON, 2, shirt);
    double h = height;
    body.add(
        new Shapes.Ball(
            pelvis.moved(pelvis.point(0, 0.02 * h, 0)),
            new Vec(0.1 * h, 0.075 * h, 0.07 * h).times(girth),
            Stage.same(trunk, trousers)));
    Vec waist = chest.point(0, 0.06 * h, 0);
    body.add(
        new Shapes.Ball(
            chest.moved(chest.point(0, 0.11 * h, 0)),
            new Vec(0.088 * h * girth, 0.13 * h, 0.066 * h * girth),
            trunk));
    body.add(
        new Shapes.Ball(
            chest.moved(chest.point(0, 0.215 * h, 0)),
            new Vec(0.118 * h * girth, 0.095 * h, 0.068 * h * girth),
            trunk));
    Vec neck = chest.point(0, 0.335 * h, 0.005 * h);
    body.add(limb(waist.mix(neck, 0.7), neck, 0.03, Stage.same(trunk, skin)));
  }

  private void head(Look look, Pose chest) {
    double h = height;
    Pose turned = Pose.upright(Vec.ZERO, rng.uniform(-0.7, 0.7));
    Pose facing =
        new Pose(
                chest.point(0, 0.405 * h, 0.015 * h),
                chest.direction(turned.x()),
                chest.y(),
                chest.direction(turned.z()))
            .pitched(rng.uniform(-0.25, 0.35));
    Tag face = stage.part(instance, Semantic.PERSON, 1, skin);
    Vec skull = new Vec(0.05, 0.068, 0.06).times(h);
    body.add(new Shapes.Ball(facing, skull, face));
    Pose nose = facing.moved(facing.point(0, -0.01 * h, 0.058 * h));
    body.add(new Shapes.Ball(nose, new Vec(0.008, 0.014, 0.014).times(h), face));
    for (int side = -1; side <= 1; side += 2) {
      Pose eye = facing.moved(facing.point(side * 0.02 * h, 0.008 * h, 0.053 * h));
      Material dark = look.plain(Look.grey(0.12), 0.5);
      body.add(new Shapes.Ball(eye, new Vec(0.008, 0.006, 0.006).times(h), Stage.same(face, dark)));
    }
    Material top = look.hair();
    if (rng.chance(0.2)) {
      Pose hat = facing.moved(facing.point(0, 0.06 * h, 0));
      body.add(new Shapes.Frustum(hat, 0.07 * h, 0.035 * h, 0.03 * h, Stage.same(face, shirt)));
    } else if (rng.chance(0.9)) {
      double fall = rng.chance(0.4) ? 0.085 : 0.055; // long or short hair
      Pose hair = facing.moved(facing.point(0, (0.08 - fall) * h, -0.014 * h));
      body.add(
          new Shapes.Ball(hair, new Vec(0.056 * h, fall * h, 0.056 * h), Stage.same(face, top)));
    }
  }

  private void arm(Pose chest, int side, Posture posture, double swing) {
    double h = height;
    boolean raised = posture == Posture.REACH || posture == Posture.LEAP || rng.chance(0.2);
    double forward = raised ? rng.uniform(0.6, 3.0) : swing + rng.uniform(-0.3, 0.3);
    double out = raised ? rng.uniform(0, 0.9) : rng.uniform(0.05, 0.35);
    double elbow = rng.uniform(0.05, raised ? 1.2 : 1.6);
    Vec shoulder = chest.point(side * 0.12 * h * girth, 0.275 * h, 0);
    Vec upper = chest.direction(bent(forward, side * out));
    Vec lower = chest.direction(bent(forward + elbow, side * out * 0.6));
    Vec joint = shoulder.plus(upper.times(0.165 * h));
    Vec wrist = joint.plus(lower.times(0.145 * h));
    Tag sleeve = stage.part(instance, Semantic.PERSON, 3, shirt);
    body.add(limb(shoulder, joint, 0.028, sleeve));
    Tag fore = stage.part(instance, Semantic.PERSON, 4, longSleeves ? shirt : skin);
    body.add(limb(joint, wrist, 0.022, fore));
    Vec fist = wrist.plus(lower.times(0.03 * h));
    body.add(
        new Shapes.Ball(
            Pose.between(wrist, fist.plus(lower.times(0.03 * h))),
            new Vec(0.022, 0.042, 0.018).times(h),
            Stage.same(fore, skin)));
  }

  private void leg(Pose pelvis, int side, Posture posture, double swing) {
    double h = height;
    double forward = -swing;
    double knee = rng.uniform(0, 0.3) + Math.max(0, swing) * 1.2;
    if (posture == Posture.SIT) {
      forward = rng.uniform(1.3, 1.6);
      knee = rng.uniform(1.2, 1.7);
    } else if (posture == Posture.LEAP) {
      forward = rng.uniform(-0.6, 1.2);
      knee = rng.uniform(0.1, 1.5);
    }
    double out = rng.uniform(0.02, posture == Posture.LEAP ? 0.5 : 0.16);
    Vec hip = pelvis.point(side * 0.052 * h * girth, 0, 0);
    Vec upper = pelvis.direction(bent(forward, side * out));
    Vec lower = pelvis.direction(bent(forward - knee, side * out * 0.7));
    Vec joint = hip.plus(upper.times(0.235 * h));
    Vec ankle = joint.plus(lower.times(0.225 * h));
    Tag thigh = stage.part(instance, Semantic.PERSON, 5, trousers);
    body.add(limb(hip, joint, 0.044, thigh));
    Tag shin = stage.part(instance, Semantic.PERSON, 6, longTrousers ? trousers : skin);
    body.add(limb(joint, ankle, 0.032, shin));
    Vec toes =
        ankle.plus(pelvis.direction(bent(forward - knee + 1.45, side * 0.15)).times(0.1 * h));
    body.add(limb(ankle, toes, 0.024, Stage.same(shin, shoes)));
  }

  /** Hanging down, then swung {@code forward} (towards z) and {@code out} (towards x), radians. */
  private static Vec bent(double forward, double out) {
    double c = StrictMath.cos(out);
    return new Vec(StrictMath.sin(out), -StrictMath.cos(forward) * c, StrictMath.sin(forward) * c);
  }

  private Solid limb(Vec from, Vec to, double radius, Tag tag) {
    double half = to.minus(from).length() / 2;
    return new Shapes.Capsule(Pose.between(from, to), radius * height * girth, half, tag);
  }

  /** Moves the finished body so that its lowest point touches the ground (or hangs above it). */
  private void land(Vec spot, Posture posture) {
    double lowest = 0;
    for (Solid s : body) {
      lowest = Math.min(lowest, s.pose.at().y() - s.reach(Vec.UP));
    }
    double lift = posture == Posture.LEAP && rng.chance(0.6) ? rng.uniform(0, 0.4) : 0;
    Vec shift = spot.plus(new Vec(0, lift - lowest, 0));
    for (Solid s : body) {
      s.shift(shift);
      stage.add(s);
    }
  }
}
