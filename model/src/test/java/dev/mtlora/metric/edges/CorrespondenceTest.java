package dev.mtlora.metric.edges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorrespondenceTest {
  /** On 3 x 4 pixels, whose diagonal is 5: one pixel, but not a diagonal one. */
  private static final Correspondence ONE_PIXEL = new Correspondence(0.2);

  private static int[] passed(EdgeMap thin) {
    int[] passed = new int[thin.values().length];
    for (int i = 0; i < passed.length; i++) {
      passed[i] = Thresholds.passed(thin.values()[i]);
    }
    return passed;
  }

  /** Tallies at 0.1, 0.2 ... 0.9. */
  private static List<EdgeCounts> tenths(EdgeMap thin, EdgeMap... drawings) {
    List<EdgeCounts> all = ONE_PIXEL.countThin(passed(thin), List.of(drawings));
    assertThat(all).hasSize(99);
    List<EdgeCounts> tenths = new ArrayList<>();
    for (int t = 9; t < 99; t += 10) {
      tenths.add(all.get(t));
    }
    return tenths;
  }

  @Test
  void count_byHand_pairsOneToOneAtEveryThreshold() {
    List<EdgeCounts> tallies =
        tenths(Drawn.map("....", "95.2", "...."), Drawn.map("....", ".##.", "...."));
    assertThat(tallies.get(8)).as("0.9").isEqualTo(new EdgeCounts(1, 2, 1, 1));
    assertThat(tallies.get(5)).as("0.6").isEqualTo(new EdgeCounts(1, 2, 1, 1));
    assertThat(tallies.get(4)).as("0.5").isEqualTo(new EdgeCounts(2, 2, 2, 2));
    assertThat(tallies.get(1)).as("0.2: nothing left for it").isEqualTo(new EdgeCounts(2, 2, 2, 3));
    assertThat(tallies.get(0)).as("0.1").isEqualTo(new EdgeCounts(2, 2, 2, 3));
  }

  @Test
  void count_whenTheNearestIsTaken_exchangesPartners() {
    // 0.9 holds the pixel below itself, the only one in reach of 0.5, and moves to its right.
    List<EdgeCounts> tallies =
        tenths(Drawn.map("....", "59..", "...."), Drawn.map("....", ".##.", "...."));
    assertThat(tallies.get(8)).isEqualTo(new EdgeCounts(1, 2, 1, 1));
    assertThat(tallies.get(4)).isEqualTo(new EdgeCounts(2, 2, 2, 2));
  }

  @Test
  void count_overAChainOfExchanges_reachesTheFarEnd() {
    List<EdgeCounts> tallies =
        tenths(Drawn.map("....", "2987", "6..."), Drawn.map("....", "###.", "...#"));
    // 9, 8, 7 sit on or beside the first three; 2 can only have the first: all move to the right.
    assertThat(tallies.get(6)).isEqualTo(new EdgeCounts(3, 4, 3, 3));
    assertThat(tallies.get(5)).as("6 takes the first").isEqualTo(new EdgeCounts(4, 4, 4, 4));
    assertThat(tallies.get(1)).as("no room for 2").isEqualTo(new EdgeCounts(4, 4, 4, 5));
  }

  @Test
  void count_ofTwoDrawings_sumsRecallAndAcceptsEither() {
    List<EdgeCounts> tallies =
        tenths(
            Drawn.map("9..7", "....", "5..."),
            Drawn.map("#...", "....", "...#"),
            Drawn.map("#..#", "....", "...."));
    assertThat(tallies.get(8)).isEqualTo(new EdgeCounts(2, 4, 1, 1));
    assertThat(tallies.get(6)).isEqualTo(new EdgeCounts(3, 4, 2, 2));
    assertThat(tallies.get(4)).isEqualTo(new EdgeCounts(3, 4, 2, 3));
    assertThat(tallies.get(4).f())
        .isCloseTo(2 * (2 / 3.0) * 0.75 / (2 / 3.0 + 0.75), within(1e-15));
  }

  @Test
  void count_ofNothingPredicted_findsNothing() {
    List<EdgeCounts> tallies =
        tenths(Drawn.map("....", "....", "...."), Drawn.map("#...", "....", "..##"));
    assertThat(tallies).containsOnly(new EdgeCounts(0, 3, 0, 0));
    assertThat(tallies.get(0).f()).isZero();
  }

  @Test
  void count_ofNothingDrawn_countsEveryPredictionAsWrong() {
    List<EdgeCounts> tallies =
        tenths(Drawn.map("....", "9.5.", "...."), Drawn.map("....", "....", "...."));
    assertThat(tallies.get(8)).isEqualTo(new EdgeCounts(0, 0, 0, 1));
    assertThat(tallies.get(0)).isEqualTo(new EdgeCounts(0, 0, 0, 2));
    assertThat(tallies.get(0).f()).isZero();
  }

  @Test
  void count_ofIgnoredPixels_leavesThemOutUnlessSomebodyLooked() {
    EdgeMap thin = Drawn.map("9...", "....", "...9");
    EdgeMap unsure = Drawn.map("?...", "....", "...#");
    assertThat(tenths(thin, unsure).get(8)).isEqualTo(new EdgeCounts(1, 1, 1, 1));
    EdgeMap sure = Drawn.map("#...", "....", "....");
    assertThat(tenths(thin, unsure, sure).get(8)).isEqualTo(new EdgeCounts(2, 2, 2, 2));
    EdgeMap nothing = Drawn.map("????", "????", "????");
    assertThat(ONE_PIXEL.count(thin, List.of(nothing, nothing))).isEmpty();
    assertThat(ONE_PIXEL.count(thin, List.of(nothing, sure))).hasSize(99);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1", "3, 0, 1", "0, 3, 1", "2, 2, 1", "3, 1, 0", "4, 0, 0", "-3, 0, 1"})
  void count_atTheToleranceOf320x240_reachesThreePixels(int dx, int dy, int found) {
    float[] drawing = new float[320 * 240];
    drawing[(100 + dy) * 320 + 100 + dx] = 1;
    int[] passed = new int[320 * 240];
    passed[100 * 320 + 100] = 50;
    List<EdgeCounts> tallies =
        new Correspondence(Correspondence.TOLERANCE)
            .countThin(passed, List.of(new EdgeMap(240, 320, drawing)));
    assertThat(tallies.get(49)).isEqualTo(new EdgeCounts(found, 1, found, 1));
    assertThat(tallies.get(50)).isEqualTo(new EdgeCounts(0, 1, 0, 0));
  }

  /** Blurred lines of 60 pixels down an image of 80 x 60, whose diagonal is 100. */
  private static EdgeMap blurredLine(int column) {
    float[] values = new float[80 * 60];
    for (int i = 0; i < values.length; i++) {
      double d = i % 80 - column;
      values[i] = (float) (0.9 * Math.exp(-d * d / 8));
    }
    return new EdgeMap(60, 80, values);
  }

  private static EdgeMap line(int column) {
    float[] values = new float[80 * 60];
    for (int y = 0; y < 60; y++) {
      values[y * 80 + column] = 1;
    }
    return new EdgeMap(60, 80, values);
  }

  @ParameterizedTest
  @CsvSource({"40, 1", "41, 1", "42, 0", "39, 1"})
  void count_ofABlurredLine_isPerfectWithinTheTolerance(int column, double f) {
    List<EdgeCounts> tallies =
        new Correspondence(0.01).count(blurredLine(40), List.of(line(column)));
    assertThat(tallies.get(49).predicted()).isEqualTo(60);
    assertThat(tallies.get(0)).as("the tails of the blur are gone").isEqualTo(tallies.get(88));
    assertThat(tallies.get(49).f()).isEqualTo(f);
    assertThat(tallies.get(89)).as("0.9 passes 0.90").isEqualTo(tallies.get(88));
    assertThat(tallies.get(90).predicted()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0.29, 29",
    "0.2899, 28",
    "0.57, 57",
    "1, 99",
    "0.995, 99",
    "0.0099, 0",
    "-3, 0",
    "7, 99"
  })
  void threshold_aroundARounding_isPassedFromEqualityOn(float probability, int passed) {
    assertThat(Thresholds.passed(probability)).isEqualTo(passed);
  }

  @Test
  void threshold_ofEveryHundredth_isPassed() {
    for (int t = 1; t <= 99; t++) {
      assertThat(Thresholds.passed(t / 100f)).isEqualTo(t);
      assertThat(Thresholds.passed(Math.nextDown(t / 100f))).isEqualTo(t - 1);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void tolerance_thatIsNoShare_isNamed(double tolerance) {
    assertThatThrownBy(() -> new Correspondence(tolerance))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is " + tolerance)
        .hasMessageContaining("0.0075");
  }

  @Test
  void count_ofMapsThatDoNotFit_saysSo() {
    EdgeMap map = Drawn.map("...", "...");
    assertThatThrownBy(() -> ONE_PIXEL.count(map, List.of(Drawn.map("..", "..", ".."))))
        .hasMessageContaining("a drawing of edges is 3 x 2 but the prediction 2 x 3");
    assertThatThrownBy(() -> ONE_PIXEL.count(map, List.of())).hasMessageContaining("no drawing");
    assertThatThrownBy(() -> new EdgeMap(2, 3, new float[5])).hasMessageContaining("2 x 3 with 5");
  }
}
