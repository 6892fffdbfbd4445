package dev.mtlora.metric.edges;

/**
 * What was found at one threshold, in one image or many.
 *
 * @param recalled drawn pixels with a partner, over all people who drew
 * @param drawn drawn pixels, over all people who drew
 * @param matched predicted pixels with a partner in at least one drawing
 * @param predicted predicted pixels
 */
public record EdgeCounts(long recalled, long drawn, long matched, long predicted) {
  /** Nothing at all. */
  public static final EdgeCounts NONE = new EdgeCounts(0, 0, 0, 0);

  /** Both together. */
  public EdgeCounts plus(EdgeCounts other) {
    return new EdgeCounts(
        recalled + other.recalled,
        drawn + other.drawn,
        matched + other.matched,
        predicted + other.predicted);
  }

  /** 2PR / (P + R) of precision and recall, 0..1; 0 if nothing has a partner. */
  public double f() {
    if (matched == 0 || recalled == 0) {
      return 0;
    }
    double precision = (double) matched / predicted;
    double recall = (double) recalled / drawn;
    return 2 * precision * recall / (precision + recall);
  }
}
