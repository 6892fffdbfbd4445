package dev.mtlora.metric.edges;

import java.util.Arrays;
import java.util.List;

/**
 * The two scores of the boundary benchmark over a set of images, from counts alone: no map is kept.
 *
 * <p>{@code odsF} (optimal dataset scale): the counts of all images are summed for every threshold,
 * and the best F counts; one threshold for all. {@code oisF} (optimal image scale): the counts of
 * every image at its own best threshold are summed, and give one F. Both 0..1, up. Thresholds are
 * the 99 alone, without interpolation between them.
 *
 * <p>Of an image's equally good thresholds the highest is taken; where nothing was drawn that is
 * the one with the fewest false edges.
 */
public final class EdgeScores {
  private final EdgeCounts[] sums = new EdgeCounts[Thresholds.COUNT];
  private EdgeCounts oracle = EdgeCounts.NONE;

  /** No images yet. */
  public EdgeScores() {
    reset();
  }

  /**
   * Adds an image.
   *
   * @param image what {@link Correspondence#count} gives; nothing, if all of it is ignored
   */
  public void add(List<EdgeCounts> image) {
    if (image.isEmpty()) {
      return;
    }
    EdgeCounts best = image.get(image.size() - 1);
    for (int t = image.size() - 1; t >= 0; t--) {
      sums[t] = sums[t].plus(image.get(t));
      best = image.get(t).f() > best.f() ? image.get(t) : best;
    }
    oracle = oracle.plus(best);
  }

  /** Adds all images of another set. */
  public void merge(EdgeScores other) {
    Arrays.setAll(sums, t -> sums[t].plus(other.sums[t]));
    oracle = oracle.plus(other.oracle);
  }

  /** F at the one threshold that is best for all images; NaN if no edge was drawn in any. */
  public double odsF() {
    return oracle.drawn() == 0
        ? Double.NaN
        : Arrays.stream(sums).mapToDouble(EdgeCounts::f).max().orElseThrow();
  }

  /** F with every image at its own best threshold; NaN if no edge was drawn in any. */
  public double oisF() {
    return oracle.drawn() == 0 ? Double.NaN : oracle.f();
  }

  /** Forgets all images. */
  public void reset() {
    Arrays.fill(sums, EdgeCounts.NONE);
    oracle = EdgeCounts.NONE;
  }
}
