package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;

/**
 * How a body is held. Angles in radians; a limb hangs down, is swung {@code forward} and then
 * {@code out} to its side.
 *
 * @param lean of the chest, forwards
 * @param tilt of the chest, to a side
 * @param twist of the chest against the hips
 * @param lying how far the whole body is tipped over backwards (or, if negative, on its face)
 * @param left arm and leg at x below 0
 * @param right arm and leg at x above 0
 */
record Gesture(double lean, double tilt, double twist, double lying, Half left, Half right) {
  private enum Kind {
    STAND,
    WALK,
    RUN,
    SIT,
    KNEEL,
    SQUAT,
    BEND,
    REACH,
    WAVE,
    AKIMBO,
    FOLD,
    LEAP,
    DANCE,
    LIE
  }

  /** One half of the body: two pieces of an arm and of a leg. */
  record Half(Limb arm, Limb leg) {}

  /** Where the upper and the lower piece of a limb point. */
  record Limb(double forward, double out, double lowerForward, double lowerOut) {}

  /** Whether the hips rest on something that somebody has to put there. */
  boolean sits() {
    return lying == 0 && left.leg.forward > 1.2 && left.leg.lowerForward > -0.35;
  }

  /** A random one. */
  static Gesture draw(Rng rng) {
    Kind kind = Kind.values()[rng.below(Kind.values().length)];
    double lean =
        switch (kind) {
          case BEND -> rng.uniform(0.6, 1.5);
          case RUN, SQUAT -> rng.uniform(0.1, 0.5);
          case SIT -> rng.uniform(-0.3, 0.4);
          case DANCE -> rng.uniform(-0.35, 0.35);
          default -> rng.uniform(-0.1, 0.2);
        };
    double tilt = kind == Kind.DANCE ? rng.uniform(-0.4, 0.4) : rng.uniform(-0.1, 0.1);
    double lying = kind == Kind.LIE ? (rng.chance(0.5) ? 1 : -1) * rng.uniform(1.35, 1.57) : 0;
    double swing =
        switch (kind) {
          case WALK -> rng.uniform(0.25, 0.6);
          case RUN -> rng.uniform(0.6, 1.1);
          default -> rng.uniform(-0.15, 0.15);
        };
    double side = rng.chance(0.5) ? 1 : -1;
    Half left = new Half(arm(kind, rng, side * swing, side > 0), leg(kind, rng, -side * swing));
    Half right = new Half(arm(kind, rng, -side * swing, side < 0), leg(kind, rng, side * swing));
    return new Gesture(lean, tilt, rng.uniform(-0.4, 0.4), lying, left, right);
  }

  /** {@code first} is the arm that does what only one arm does. */
  private static Limb arm(Kind kind, Rng rng, double swing, boolean first) {
    boolean both = rng.chance(0.3);
    if (kind == Kind.REACH && (first || both)) {
      double forward = rng.uniform(0.8, 2.9);
      return new Limb(forward, rng.uniform(0, 0.7), forward + rng.uniform(0, 0.5), 0.2);
    }
    if (kind == Kind.WAVE && (first || both)) {
      double out = rng.uniform(1.3, 2.2);
      return new Limb(rng.uniform(-0.2, 0.4), out, rng.uniform(-0.2, 0.5), rng.uniform(2, 3.1));
    }
    if (kind == Kind.AKIMBO || kind == Kind.FOLD && rng.chance(0.1)) {
      return new Limb(-0.25, rng.uniform(0.6, 0.95), 0.25, -rng.uniform(0.6, 0.9));
    }
    if (kind == Kind.FOLD) {
      return new Limb(0.35, 0.25, 1.5, -rng.uniform(0.9, 1.2));
    }
    if (kind == Kind.LEAP || kind == Kind.DANCE) {
      double out = rng.uniform(0.3, 2.6);
      double forward = rng.uniform(-0.4, 1.2);
      return new Limb(forward, out, forward + rng.uniform(-0.2, 0.9), out + rng.uniform(-0.5, 0.9));
    }
    double forward = kind == Kind.BEND ? rng.uniform(0.6, 1.6) : swing + rng.uniform(-0.25, 0.35);
    double out = rng.uniform(0.05, 0.4);
    double bend = kind == Kind.RUN ? 1.5 : rng.chance(0.4) ? rng.uniform(0.6, 2) : 0.2;
    return new Limb(forward, out, forward + bend, out * rng.uniform(-0.4, 1));
  }

  private static Limb leg(Kind kind, Rng rng, double swing) {
    double out = rng.uniform(0.02, 0.2);
    return switch (kind) {
      case SIT -> {
        double forward = rng.uniform(1.3, 1.6);
        yield new Limb(forward, out, rng.uniform(-0.3, 0.5), out);
      }
      case KNEEL -> {
        double forward = rng.uniform(-0.1, 0.4);
        yield new Limb(forward, out, -rng.uniform(1.3, 1.6), out);
      }
      case SQUAT -> new Limb(rng.uniform(1.3, 1.9), 0.1 + 2 * out, -rng.uniform(0.4, 0.8), out);
      case LEAP -> {
        double forward = rng.uniform(-0.7, 1.3);
        yield new Limb(forward, 2.5 * out, forward - rng.uniform(0.1, 1.6), out);
      }
      case DANCE -> {
        double forward = rng.uniform(-0.5, 0.8);
        yield new Limb(forward, 3.5 * out, forward - rng.uniform(0, 1), 2 * out);
      }
      case LIE -> {
        double forward = rng.chance(0.4) ? rng.uniform(0.3, 1.1) : rng.uniform(0, 0.2);
        yield new Limb(forward, 1.5 * out, -0.9 * forward, out);
      }
      default -> {
        double knee = Math.max(0, -swing) * (kind == Kind.RUN ? 1.5 : 0.8) + rng.uniform(0, 0.15);
        yield new Limb(swing, out, swing - knee, out * 0.5);
      }
    };
  }
}
