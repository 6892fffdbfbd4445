package dev.mtlora.data.scenes;

import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * The light of a scene of version 2.
 *
 * @param lights lamps and sun
 * @param sky light from everywhere, and fog
 */
record Lighting(List<Light> lights, Sky sky) {
  private static final double FAR = 400;

  /** Lamps above, lamps beside, or low sun through a window that nobody sees. */
  static Lighting indoors(Look look, Rng rng, Vec half, List<Solid> solids) {
    List<Light> lights = new ArrayList<>();
    double power = rng.uniform(0.5, 1.3);
    if (rng.chance(0.3)) {
      Vec sun = new Vec(rng.uniform(-1, 1), rng.uniform(0.3, 1.2), rng.uniform(-0.2, 1)).unit();
      lights.add(sun(sun, Vec.UP, colour(look, rng).times(power), solids));
    }
    int count = lights.isEmpty() ? 1 : 0;
    count += rng.chance(0.4) ? 1 : 0;
    for (int i = 0; i < count; i++) {
      Vec colour = colour(look, rng).times(power / Math.sqrt(count));
      lights.add(lamp(rng, half, colour, solids));
    }
    double level = rng.uniform(look.source ? 0.4 : 0.3, look.source ? 0.7 : 0.6);
    Vec tint = Look.hsv(rng.uniform(), rng.uniform(0, 0.2), level);
    double haze = rng.chance(0.12) ? rng.uniform(5, 15) : Double.POSITIVE_INFINITY;
    Sky sky = new Sky(tint, tint.times(0.85), tint.times(rng.uniform(0.4, 0.8)), 0, 0, haze);
    return new Lighting(lights, sky);
  }

  /** Below the ceiling, or on a wall; before it lies the whole room. */
  private static Light lamp(Rng rng, Vec half, Vec colour, List<Solid> solids) {
    double range = rng.uniform(2, 6);
    double z = rng.uniform(-0.8, 0.95) * half.z();
    if (rng.chance(0.75)) {
      double height = 2 * half.y() - rng.uniform(0.05, 0.4);
      Vec at = new Vec(rng.uniform(-0.9, 0.9) * half.x(), height, z);
      return new Light(at, new Vec(at.x(), 0, z), colour, range, solids);
    }
    double side = rng.chance(0.5) ? 0.98 : -0.98;
    double height = rng.uniform(0.6, 1.6);
    Vec wall = new Vec(side * half.x(), height, z);
    return new Light(wall, new Vec(0, height, z), colour, range, solids);
  }

  /** Sunshine, a grey day, or dusk with lamps; one day in five is foggy. */
  static Lighting outdoors(Look look, Rng rng, Vec floor, List<Solid> solids) {
    double weather = rng.uniform();
    boolean dusk = weather < 0.2;
    boolean grey = !dusk && weather < 0.4;
    List<Light> lights = new ArrayList<>();
    double low = dusk ? 0.08 : 0.3;
    Vec to = new Vec(rng.uniform(-1, 1), rng.uniform(low, dusk ? 0.3 : 1.5), rng.uniform(-0.8, 1));
    double power = grey ? rng.uniform(0, 0.2) : rng.uniform(0.4, dusk ? 0.7 : 1.4);
    Vec middle = new Vec(0, 0, -5);
    lights.add(sun(to.unit(), middle, colour(look, rng).times(power), solids));
    int lamps = dusk ? 1 + rng.below(2) : rng.chance(0.15) ? 1 : 0;
    for (int i = 0; i < lamps; i++) {
      Vec lamp = new Vec(rng.uniform(-4, 4), rng.uniform(2, 5), rng.uniform(-8, 0));
      Vec under = new Vec(lamp.x(), 0, lamp.z());
      lights.add(new Light(lamp, under, colour(look, rng).times(0.9), rng.uniform(3, 7), solids));
    }
    Vec zenith = zenith(look, rng).times(dusk ? 0.35 : 1);
    if (grey) {
      zenith = zenith.mix(Look.grey(rng.uniform(0.5, 0.9)), 0.8);
    }
    Vec horizon = zenith.mix(Look.grey(dusk ? 0.6 : 0.95), rng.uniform(0.4, 0.8));
    double haze = rng.chance(0.2) ? rng.uniform(6, 25) : rng.uniform(30, 250);
    Sky sky =
        new Sky(
            zenith,
            horizon,
            floor.times(0.3),
            rng.uniform(0.1, grey ? 0.95 : 0.75),
            rng.uniform(0, 90),
            haze);
    return new Lighting(lights, sky);
  }

  private static Light sun(Vec to, Vec middle, Vec colour, List<Solid> solids) {
    return new Light(middle.plus(to.times(FAR)), middle, colour, Double.POSITIVE_INFINITY, solids);
  }

  private static Vec colour(Look look, Rng rng) {
    return look.source
        ? Look.hsv(rng.uniform(0.03, 0.19), rng.uniform(0, 0.35), 1)
        : Look.hsv(rng.uniform(), rng.uniform(0.02, 0.4), 1);
  }

  private static Vec zenith(Look look, Rng rng) {
    if (look.source) {
      return Look.hsv(rng.uniform(0.54, 0.62), rng.uniform(0.2, 0.7), rng.uniform(0.55, 0.95));
    }
    double hue = rng.chance(0.5) ? rng.uniform(0.75, 1.08) : rng.uniform(0.45, 0.75);
    return Look.hsv(hue, rng.uniform(0.1, 0.6), rng.uniform(0.3, 0.85));
  }
}
