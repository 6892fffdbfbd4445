package dev.mtlora.metric.edges;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Compares one map of edge probabilities with the edges that one or more people drew, at 99
 * thresholds: the boundary benchmark of Martin, Fowlkes and Malik (PAMI 2004) with the settings of
 * BSDS500 (Arbeláez et al., PAMI 2011) and structured edges (Dollár and Zitnick, PAMI 2015).
 *
 * <p>The prediction is reduced to crests ({@link Ridges}) and thinned ({@link Skeleton}); the
 * drawings are taken as they are, so they ought to be one pixel wide. Then every drawing is matched
 * one to one with the prediction ({@link Matching}), without looking at the others. Recall sums
 * over drawings: whoever drew an edge wants it found. Precision asks for a partner in any of them:
 * an edge that one person saw is no mistake.
 *
 * <p>Pairs are as many as possible, rather than as near as possible: the number is what counts.
 * With one drawing it does not depend on the order of pixels. With several, which predicted pixels
 * have a partner might; they are taken from the most probable down, row by row within a threshold,
 * and one that has found a partner keeps one.
 *
 * <p>A pixel that every drawing ignores is no prediction; one that some ignore finds no partner in
 * those.
 *
 * @param tolerance the largest distance of a pair as a share of the image's diagonal: 0.0075 on
 *     BSDS and PASCAL, 0.011 on NYUD
 */
public record Correspondence(double tolerance) {
  /** That of the benchmark. */
  public static final double TOLERANCE = 0.0075;

  /** Checks the tolerance. */
  public Correspondence {
    if (!(tolerance >= 0 && tolerance < 1)) {
      throw new IllegalArgumentException(
          "the tolerance of edges is a share of the image's diagonal, 0 <= tolerance < 1 (usual are"
              + String.format(Locale.ROOT, " 0.0075 and 0.011), but is %s", tolerance));
    }
  }

  /**
   * Compares.
   *
   * @param probability 0..1
   * @param drawings at least one, of the same size
   * @return one for each threshold, 0.01 first; empty if all pixels are ignored
   */
  public List<EdgeCounts> count(EdgeMap probability, List<EdgeMap> drawings) {
    check(probability, drawings);
    int pixels = probability.values().length;
    if (IntStream.range(0, pixels).allMatch(i -> ignored(drawings, i))) {
      return List.of();
    }
    return countThin(Skeleton.of(Ridges.of(probability)), drawings);
  }

  private static void check(EdgeMap probability, List<EdgeMap> drawings) {
    if (drawings.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no drawing to compare the edges with: at least one is needed");
    }
    for (EdgeMap drawing : drawings) {
      if (drawing.height() != probability.height() || drawing.width() != probability.width()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "a drawing of edges is %d x %d but the prediction %d x %d: resize one to the other",
                drawing.height(),
                drawing.width(),
                probability.height(),
                probability.width()));
      }
    }
  }

  private static boolean ignored(List<EdgeMap> drawings, int pixel) {
    return drawings.stream().allMatch(drawing -> drawing.isIgnored(pixel));
  }

  /**
   * Compares a thinned prediction.
   *
   * @param passed thresholds passed by each pixel, 0..99
   */
  List<EdgeCounts> countThin(int[] passed, List<EdgeMap> drawings) {
    int[] order = order(passed, drawings);
    boolean[] matched = new boolean[passed.length];
    long[] recalled = new long[Thresholds.COUNT + 1]; // by thresholds passed
    long drawn = 0;
    for (EdgeMap drawing : drawings) {
      Matching matching = new Matching(drawing, radius(drawing));
      drawn += matching.drawn();
      for (int pixel : order) {
        if (matching.add(pixel / drawing.width(), pixel % drawing.width())) {
          recalled[passed[pixel]]++;
          matched[pixel] = true;
        }
      }
    }
    return tallies(order, passed, matched, recalled, drawn);
  }

  private double radius(EdgeMap drawing) {
    return tolerance * Math.hypot(drawing.height(), drawing.width());
  }

  /** Predicted pixels, those that pass most thresholds first, row by row among equals. */
  private static int[] order(int[] passed, List<EdgeMap> drawings) {
    int[] start = new int[Thresholds.COUNT + 1];
    boolean[] counts = new boolean[passed.length];
    for (int i = 0; i < passed.length; i++) {
      counts[i] = passed[i] > 0 && !ignored(drawings, i);
      if (counts[i]) {
        start[passed[i] - 1]++;
      }
    }
    for (int t = Thresholds.COUNT - 1; t >= 0; t--) {
      start[t] += start[t + 1];
    }
    int[] order = new int[start[0]];
    for (int i = 0; i < passed.length; i++) {
      if (counts[i]) {
        order[start[passed[i]]++] = i;
      }
    }
    return order;
  }

  private static List<EdgeCounts> tallies(
      int[] order, int[] passed, boolean[] matched, long[] recalled, long drawn) {
    long[] predicted = new long[Thresholds.COUNT + 1];
    long[] right = new long[Thresholds.COUNT + 1];
    for (int pixel : order) {
      predicted[passed[pixel]]++;
      right[passed[pixel]] += matched[pixel] ? 1 : 0;
    }
    EdgeCounts[] tallies = new EdgeCounts[Thresholds.COUNT];
    EdgeCounts above = new EdgeCounts(0, drawn, 0, 0);
    for (int t = Thresholds.COUNT; t > 0; t--) {
      above = above.plus(new EdgeCounts(recalled[t], 0, right[t], predicted[t]));
      tallies[t - 1] = above;
    }
    return List.of(tallies);
  }
}
