package dev.mtlora.metric.edges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EdgeScoresTest {
  private static final double EXACT = 1e-15;

  /** From 0.01 to 0.50 some counts, above it others. */
  private static List<EdgeCounts> image(EdgeCounts low, EdgeCounts high) {
    List<EdgeCounts> image = new ArrayList<>(Collections.nCopies(50, low));
    image.addAll(Collections.nCopies(49, high));
    return image;
  }

  @Test
  void scores_byHand_sumCountsBeforeDividing() {
    EdgeScores scores = new EdgeScores();
    scores.add(image(new EdgeCounts(8, 10, 8, 20), new EdgeCounts(2, 10, 2, 2))); // F 8/15, 1/3
    scores.add(image(new EdgeCounts(10, 20, 10, 40), new EdgeCounts(9, 20, 9, 10))); // F 1/3, 3/5
    // low: P 18/60, R 18/30, F 0.4; high: P 11/12, R 11/30, F 11/21; each its best: P 17/30, R
    // 17/30
    assertThat(scores.odsF()).isCloseTo(11 / 21.0, within(EXACT));
    assertThat(scores.oisF()).isCloseTo(17 / 30.0, within(EXACT));
  }

  @Test
  void scores_ofTwoSets_mergeToThoseOfAll() {
    List<EdgeCounts> one = image(new EdgeCounts(8, 10, 8, 20), new EdgeCounts(2, 10, 2, 2));
    List<EdgeCounts> other = image(new EdgeCounts(10, 20, 10, 40), new EdgeCounts(9, 20, 9, 10));
    EdgeScores whole = new EdgeScores();
    whole.add(one);
    whole.add(other);
    EdgeScores first = new EdgeScores();
    first.add(one);
    EdgeScores second = new EdgeScores();
    second.add(other);
    first.merge(second);
    assertThat(first.odsF()).isEqualTo(whole.odsF());
    assertThat(first.oisF()).isEqualTo(whole.oisF());
  }

  @Test
  void scores_ofAnImageWithoutEdges_countItsFewestMistakes() {
    EdgeScores scores = new EdgeScores();
    scores.add(image(new EdgeCounts(4, 4, 4, 4), new EdgeCounts(2, 4, 2, 2)));
    scores.add(image(new EdgeCounts(0, 0, 0, 6), new EdgeCounts(0, 0, 0, 2)));
    assertThat(scores.odsF()).as("P 4/10, R 1; P 2/4, R 2/4").isCloseTo(8 / 14.0, within(EXACT));
    assertThat(scores.oisF()).as("P 4/6, R 1").isCloseTo(0.8, within(EXACT));
  }

  @Test
  void scores_ofNothingDrawn_areNaN() {
    EdgeScores scores = new EdgeScores();
    assertThat(scores.odsF()).isNaN();
    scores.add(List.of());
    scores.add(image(new EdgeCounts(0, 0, 0, 6), EdgeCounts.NONE));
    assertThat(scores.odsF()).isNaN();
    assertThat(scores.oisF()).isNaN();
  }

  @Test
  void scores_ofNothingPredicted_areZero() {
    EdgeScores scores = new EdgeScores();
    scores.add(image(new EdgeCounts(0, 3, 0, 0), new EdgeCounts(0, 3, 0, 0)));
    assertThat(scores.odsF()).isZero();
    assertThat(scores.oisF()).isZero();
    scores.reset();
    assertThat(scores.odsF()).isNaN();
  }
}
