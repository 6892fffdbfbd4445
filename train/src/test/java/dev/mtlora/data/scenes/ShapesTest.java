package dev.mtlora.data.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Compares every solid with its definition as a set of points. */
class ShapesTest {
  private static final Tag TAG =
      new Tag(
          1,
          1,
          Semantic.BALL,
          0,
          new Material(Pattern.PLAIN, Vec.ZERO, Vec.ZERO, 1, Vec.ZERO, 0, 0));

  /** How far outside (positive) or inside (negative) a local point is, in any measure. */
  private interface Side {
    double of(double x, double y, double z);
  }

  private static Map<Solid, Side> solids(Pose at) {
    Map<Solid, Side> all = new LinkedHashMap<>();
    all.put(
        new Shapes.Ball(at, new Vec(1, 0.5, 0.7), TAG),
        (x, y, z) -> x * x + y * y / 0.25 + z * z / 0.49 - 1);
    all.put(
        new Shapes.Box(at, new Vec(1, 0.5, 0.7), TAG),
        (x, y, z) -> Math.max(Math.abs(x) - 1, Math.max(Math.abs(y) - 0.5, Math.abs(z) - 0.7)));
    all.put(
        new Shapes.Frustum(at, 1, 0.4, 0.8, TAG),
        (x, y, z) -> Math.max(Math.abs(y) - 0.8, Math.sqrt(x * x + z * z) - 0.7 + 0.375 * y));
    all.put(
        new Shapes.Frustum(at, 0.9, 0, 0.8, TAG),
        (x, y, z) -> Math.max(Math.abs(y) - 0.8, Math.sqrt(x * x + z * z) - 0.45 + 0.5625 * y));
    all.put(
        new Shapes.Capsule(at, 0.4, 0.6, TAG),
        (x, y, z) -> {
          double over = Math.max(0, Math.abs(y) - 0.6);
          return Math.sqrt(x * x + over * over + z * z) - 0.4;
        });
    Side ring =
        (x, y, z) -> {
          double off = Math.sqrt(x * x + z * z) - 0.8;
          return Math.sqrt(off * off + y * y) - 0.25;
        };
    all.put(new Shapes.Ring(at, 0.8, 0.25, Double.POSITIVE_INFINITY, TAG), ring);
    all.put(new Shapes.Ring(at, 0.8, 0.25, 1e-4, TAG), ring);
    all.put(
        Polyhedron.octahedron(at, 0.9, TAG),
        (x, y, z) -> Math.abs(x) + Math.abs(y) + Math.abs(z) - 0.9);
    all.put(
        Polyhedron.pyramid(at, 0.8, 0.6, TAG),
        (x, y, z) ->
            Math.max(-0.6 - y, Math.max(Math.abs(x), Math.abs(z)) - 0.4 * (0.6 - y) / 0.6));
    all.put(
        Polyhedron.prism(at, 4, 1, 0.5, TAG),
        (x, y, z) ->
            Math.max(Math.abs(y) - 0.5, Math.max(Math.abs(x), Math.abs(z)) - StrictMath.sqrt(0.5)));
    addCutAndHollow(at, all);
    addPolyhedra(at, all);
    return all;
  }

  private static void addCutAndHollow(Pose at, Map<Solid, Side> all) {
    all.put(
        new Vessels.Tube(at, 0.8, 0.6, 0.7, TAG),
        (x, y, z) -> Math.max(Math.abs(y) - 0.7, Math.abs(Math.sqrt(x * x + z * z) - 0.7) - 0.1));
    all.put(
        new Vessels.Dome(at, new Vec(0.9, 0.4, 0.7), TAG),
        (x, y, z) -> {
          double up = (y + 0.4) / 0.8;
          return Math.max(-0.4 - y, x * x / 0.81 + up * up + z * z / 0.49 - 1);
        });
    all.put(
        new Vessels.Bowl(at, 0.9, 0.35, 0.2, TAG),
        (x, y, z) -> {
          double down = (y - 0.35) / 0.7;
          double out = Math.sqrt((x * x + z * z) / 0.81 + down * down);
          return Math.max(y - 0.35, Math.abs(out - 0.9) - 0.1);
        });
    all.put(new Taper(at, 0.5, 0.2, 0.6, TAG), (x, y, z) -> hull(0.5, 0.2, x, y, z));
    all.put(new Taper(at, 0.1, 0.4, 0.6, TAG), (x, y, z) -> hull(0.1, 0.4, x, y, z));
  }

  /** Outside of all balls between one at y = -0.6 and one at y = 0.6, by ternary search. */
  private static double hull(double below, double above, double x, double y, double z) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; i++) {
      double a = low + (high - low) / 3;
      double b = high - (high - low) / 3;
      if (ball(below, above, a, x, y, z) < ball(below, above, b, x, y, z)) {
        high = b;
      } else {
        low = a;
      }
    }
    return ball(below, above, low, x, y, z);
  }

  private static double ball(double below, double above, double k, double x, double y, double z) {
    double up = y + 0.6 - 1.2 * k;
    return Math.sqrt(x * x + up * up + z * z) - below - k * (above - below);
  }

  private static void addPolyhedra(Pose at, Map<Solid, Side> all) {
    Vec half = new Vec(0.8, 0.5, 0.6);
    Side box =
        (x, y, z) -> Math.max(Math.abs(x) - 0.8, Math.max(Math.abs(y) - 0.5, Math.abs(z) - 0.6));
    all.put(
        Polyhedron.wedge(at, half, TAG), (x, y, z) -> Math.max(box.of(x, y, z), y + 0.5 * x / 0.8));
    all.put(
        Polyhedron.gable(at, half, TAG),
        (x, y, z) -> Math.max(box.of(x, y, z), y - 0.5 + 0.5 * Math.abs(x) / 0.8));
    all.put(
        Polyhedron.gem(at, 0.7, 0.5, TAG),
        (x, y, z) -> {
          double cube = Math.max(Math.abs(x), Math.max(Math.abs(y), Math.abs(z))) - 0.7;
          return Math.max(cube, Math.abs(x) + Math.abs(y) + Math.abs(z) - 1.05);
        });
    all.put(
        Polyhedron.spire(at, 4, 0.9, 0.6, TAG),
        (x, y, z) -> {
          double inner = 0.9 * StrictMath.sqrt(0.5) * (0.6 - y) / 1.2;
          double turned = Math.max(Math.abs(x), Math.abs(z));
          return Math.max(-0.6 - y, turned - inner);
        });
  }

  @Property(tries = 300)
  void hit_ofAnyRay_isTheFirstPointOfTheSolid(@ForAll long seed) {
    Rng rng = new Rng(seed);
    Pose pose = pose(rng);
    Ray ray = ray(rng, pose);
    solids(pose).forEach((solid, side) -> compare(solid, side, ray));
  }

  private static Pose pose(Rng rng) {
    return Pose.upright(new Vec(rng.uniform(-1, 1), 2, -1), rng.uniform(0, 6))
        .pitched(rng.uniform(-2, 2))
        .rolled(rng.uniform(-2, 2));
  }

  private static Ray ray(Rng rng, Pose pose) {
    Vec from = pose.at().plus(pose.direction(sphere(rng)).times(rng.uniform(2, 5)));
    Vec to = pose.at().plus(sphere(rng).times(rng.uniform(0, 1.2)));
    Ray ray = new Ray();
    ray.ox = from.x();
    ray.oy = from.y();
    ray.oz = from.z();
    ray.dx = to.x() - from.x();
    ray.dy = to.y() - from.y();
    ray.dz = to.z() - from.z();
    return ray;
  }

  /** A ray that passes a ring at 1.5 mm for 200 steps: a touch in version 1 of the scenes alone. */
  @Example
  void hit_ofARayThatCrawlsPastARing_isAHitInVersionOneAlone() {
    Rng rng = new Rng(1156661595906725042L);
    Pose pose = pose(rng);
    Ray ray = ray(rng, pose);
    Ray local = new Ray();
    double touch = Double.POSITIVE_INFINITY;
    assertThat(new Shapes.Ring(pose, 0.8, 0.25, touch, TAG).hit(ray, local)).isLessThan(4);
    assertThat(new Shapes.Ring(pose, 0.8, 0.25, 1e-4, TAG).hit(ray, local)).isEqualTo(Ray.MISS);
    hit_ofAnyRay_isTheFirstPointOfTheSolid(1156661595906725042L);
  }

  @Example
  void touch_ofTheSecondVersion_isATenthOfAMillimetre() {
    Rng rng = new Rng(1);
    Look look = new WideLook(Domain.SOURCE, rng);
    assertThat(new Warehouse(new Stage(), look, rng).touch()).isEqualTo(1e-4);
  }

  private static void compare(Solid solid, Side side, Ray ray) {
    double t = solid.hit(ray, new Ray());
    double end = Math.min(t, 4);
    for (int i = 0; i < 400; i++) {
      double outside = at(solid, side, ray, end * i / 400);
      assertThat(outside).as("%s before its hit at %s", solid, t).isGreaterThan(-2e-3);
    }
    if (t < Ray.MISS) {
      double off = at(solid, side, ray, t);
      if (off > 2e-4 && solid instanceof Shapes.Ring ring && ring.touch == Ray.MISS) {
        return; // version 1 takes some rays that crawl past a ring for hits; sums hold which
      }
      assertThat(off).as("%s at its hit", solid).isCloseTo(0, within(2e-4));
      Surface s = new Surface();
      solid.describe(ray, t, s);
      assertThat(Math.sqrt(s.nx * s.nx + s.ny * s.ny + s.nz * s.nz)).isCloseTo(1, within(1e-9));
      assertThat(s.nx * ray.dx + s.ny * ray.dy + s.nz * ray.dz).isLessThan(0.1);
      double k = 1e-4; // a little outwards is outside, a little inwards is inside
      assertThat(beside(side, s, k)).isGreaterThan(beside(side, s, -k));
    }
  }

  private static double beside(Side side, Surface s, double k) {
    double[] n = s.local;
    double length = Math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    return side.of(s.lx + k * n[0] / length, s.ly + k * n[1] / length, s.lz + k * n[2] / length);
  }

  private static double at(Solid solid, Side side, Ray ray, double t) {
    Vec p = new Vec(ray.ox + t * ray.dx, ray.oy + t * ray.dy, ray.oz + t * ray.dz);
    Vec d = p.minus(solid.pose.at());
    return side.of(d.dot(solid.pose.x()), d.dot(solid.pose.y()), d.dot(solid.pose.z()));
  }

  private static Vec sphere(Rng rng) {
    return new Vec(rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1) + 1e-9).unit();
  }
}
