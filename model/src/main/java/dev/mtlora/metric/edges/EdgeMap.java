package dev.mtlora.metric.edges;

import dev.mtlora.loss.Labels;
import java.util.Locale;

/**
 * One value per pixel, row by row: the probability of an edge, 0..1, or somebody's drawing of the
 * edges, where a value of at least 0.5 is one and {@link Labels#IGNORE} is a pixel that counts
 * nowhere.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param values {@code values[y * width + x]}
 */
public record EdgeMap(int height, int width, float[] values) {
  /** Checks the sizes. */
  public EdgeMap {
    if (height < 1 || width < 1 || values.length != (long) height * width) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "an edge map of %d x %d with %d values: it needs positive sides and one value per pixel",
              height,
              width,
              values.length));
    }
  }

  /** The value of a pixel; one outside has that of the nearest pixel inside. */
  float at(int y, int x) {
    return values[inside(y, height) * width + inside(x, width)];
  }

  /** The value at a place between pixels, linear in both directions. */
  double between(double y, double x) {
    int top = (int) Math.floor(y);
    int left = (int) Math.floor(x);
    double down = y - top;
    double right = x - left;
    double above = (1 - right) * at(top, left) + right * at(top, left + 1);
    double below = (1 - right) * at(top + 1, left) + right * at(top + 1, left + 1);
    return (1 - down) * above + down * below;
  }

  boolean isIgnored(int pixel) {
    return values[pixel] == Labels.IGNORE;
  }

  /** True where the drawing has an edge. */
  boolean isEdge(int pixel) {
    return values[pixel] >= 0.5 && !isIgnored(pixel);
  }

  private static int inside(int i, int size) {
    return Math.min(Math.max(i, 0), size - 1);
  }
}
