package dev.mtlora.data.scenes;

import java.util.List;
import java.util.function.IntConsumer;

/**
 * A point light (the sun is one far away) that knows which solids can shade what.
 *
 * <p>The idea is the light buffer of Haines and Greenberg (1986): solids are projected from the
 * light onto a plane that is cut into cells, each listing the solids it may be shaded by. A shadow
 * ray then asks only the solids of one cell.
 */
final class Light {
  private static final int CELLS = 48;

  final Vec at;

  /** Linear RGB that a near surface facing the light receives. */
  final Vec colour;

  /** Light is divided by 1 + perSquare * distance^2; 0 for the sun. */
  final double perSquare;

  private final Pose pose;
  private final Solid[] casters;
  private final double[] nearest;
  private final double[] balls; // around casters: centre and square of the radius
  private final int[] first; // where the list of a cell starts in lists; the last entry ends it
  private final int[] lists;
  private double left = Double.POSITIVE_INFINITY;
  private double bottom = Double.POSITIVE_INFINITY;
  private double perU;
  private double perV;
  private int last =
      -1; // the caster that shaded the point before: it often shades the next one, too

  /**
   * A light that looks at {@code target}, with all solids that may cast a shadow; {@code range} is
   * the distance in metres at which half of the light is lost, infinite for the sun.
   */
  Light(Vec at, Vec target, Vec colour, double range, List<Solid> solids) {
    this.at = at;
    this.colour = colour;
    this.perSquare = 1 / (range * range);
    Pose aim = Pose.between(target, at); // its y axis looks back at the light
    this.pose = new Pose(at, aim.z(), aim.x(), aim.y());
    this.casters = solids.toArray(new Solid[0]);
    this.nearest = new double[casters.length];
    this.balls = balls(casters);
    Outline[] outlines = new Outline[casters.length];
    double right = Double.NEGATIVE_INFINITY;
    double top = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < casters.length; i++) {
      outlines[i] = Outline.of(casters[i], pose);
      nearest[i] = outlines[i].nearest();
      // Beyond 80 degrees off the axis solids share the border cells.
      left = Math.min(left, Math.max(-5, outlines[i].left()));
      right = Math.max(right, Math.min(5, outlines[i].right()));
      bottom = Math.min(bottom, Math.max(-5, outlines[i].bottom()));
      top = Math.max(top, Math.min(5, outlines[i].top()));
    }
    perU = CELLS / Math.max(1e-9, right - left);
    perV = CELLS / Math.max(1e-9, top - bottom);
    this.first = new int[CELLS * CELLS + 1];
    this.lists = fill(outlines);
  }

  private static double[] balls(Solid[] solids) {
    double[] balls = new double[4 * solids.length];
    for (int i = 0; i < solids.length; i++) {
      Vec centre = solids[i].pose.at();
      double radius = 1.000001 * solids[i].bound() + 1e-6; // rounding must not lose a shadow
      balls[4 * i] = centre.x();
      balls[4 * i + 1] = centre.y();
      balls[4 * i + 2] = centre.z();
      balls[4 * i + 3] = radius * radius;
    }
    return balls;
  }

  private int[] fill(Outline[] outlines) {
    int[] total = new int[CELLS * CELLS];
    for (Outline o : outlines) {
      forCells(o, cell -> total[cell]++);
    }
    for (int cell = 0; cell < total.length; cell++) {
      first[cell + 1] = first[cell] + total[cell];
    }
    int[] filled = new int[first[CELLS * CELLS]];
    int[] next = first.clone();
    for (int i = 0; i < outlines.length; i++) {
      int index = i;
      forCells(outlines[i], cell -> filled[next[cell]++] = index);
    }
    return filled;
  }

  private void forCells(Outline o, IntConsumer use) {
    for (int v = cell(o.bottom(), bottom, perV); v <= cell(o.top(), bottom, perV); v++) {
      for (int u = cell(o.left(), left, perU); u <= cell(o.right(), left, perU); u++) {
        use.accept(v * CELLS + u);
      }
    }
  }

  private static int cell(double at, double start, double perUnit) {
    return (int) Math.max(0, Math.min(CELLS - 1, Math.floor((at - start) * perUnit)));
  }

  /** Whether a solid stands between the light and the start of a ray whose t = 1 is the light. */
  boolean shades(Ray ray, Ray scratch) {
    double depth = ray.dx * pose.z().x() + ray.dy * pose.z().y() + ray.dz * pose.z().z();
    double side = ray.dx * pose.x().x() + ray.dy * pose.x().y() + ray.dz * pose.x().z();
    double rise = ray.dx * pose.y().x() + ray.dy * pose.y().y() + ray.dz * pose.y().z();
    if (depth <= 1e-3) {
      return false; // beside or behind a lamp, which shines forward only
    }
    if (last >= 0 && blocks(last, depth, ray, scratch)) {
      return true;
    }
    int cell = cell(-rise / depth, bottom, perV) * CELLS + cell(-side / depth, left, perU);
    for (int i = first[cell]; i < first[cell + 1]; i++) {
      int caster = lists[i];
      if (caster != last && blocks(caster, depth, ray, scratch)) {
        last = caster;
        return true;
      }
    }
    last = -1;
    return false;
  }

  private boolean blocks(int caster, double depth, Ray ray, Ray scratch) {
    return nearest[caster] < depth
        && passes(4 * caster, ray)
        && casters[caster].hit(ray, scratch) < 1;
  }

  /** Whether a ray passes through the ball around a caster, which is soon found out. */
  private boolean passes(int ball, Ray ray) {
    double ox = ray.ox - balls[ball];
    double oy = ray.oy - balls[ball + 1];
    double oz = ray.oz - balls[ball + 2];
    double c = ox * ox + oy * oy + oz * oz - balls[ball + 3];
    if (c <= 0) {
      return true;
    }
    double b = ox * ray.dx + oy * ray.dy + oz * ray.dz;
    return b < 0 && b * b >= c * (ray.dx * ray.dx + ray.dy * ray.dy + ray.dz * ray.dz);
  }
}
