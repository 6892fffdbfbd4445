package dev.mtlora.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MeterTest {
  private static final double EXACT = 1e-12;

  @AfterEach
  void noScopeStaysOpen() {
    assertThat(Scope.leaks()).isEmpty();
  }

  private static Tensor row(float... values) {
    return Tensor.of(values, 1, 1, 1, values.length);
  }

  /** Logits whose largest value is at the given classes. */
  private static Tensor classes(int count, int... predicted) {
    float[] logits = new float[count * predicted.length];
    for (int i = 0; i < predicted.length; i++) {
      logits[predicted[i] * predicted.length + i] = 1;
    }
    return Tensor.of(logits, 1, count, 1, predicted.length);
  }

  private static float logit(double p) {
    return (float) Math.log(p / (1 - p));
  }

  private static Map<String, Double> scores(Meter meter, Tensor logits, Tensor target) {
    meter.add(logits, target);
    return meter.values();
  }

  @Test
  void semseg_byHand_givesBothMeans() {
    try (Scope scope = Scope.open()) {
      SemsegMeter meter = new SemsegMeter(List.of("sky", "tree", "car", "cat"));
      // class 0: 1 of 2; class 1: 1 of 3; class 2: only predicted; class 3: nowhere
      Map<String, Double> scores = scores(meter, classes(4, 0, 1, 1, 2, 3), row(0, 0, 1, 1, 255));
      Confusion confusion = meter.confusion().orElseThrow();
      assertThat(IntStream.range(0, 4).mapToDouble(confusion::iou))
          .containsExactly(0.5, 1.0 / 3, 0.0, 0.0);
      assertThat(confusion.classes()).containsExactly("sky", "tree", "car", "cat");
      assertThat(confusion.count(0, 1)).as("sky taken for trees").isEqualTo(1);
      assertThat(confusion.labelled(1)).isEqualTo(2);
      assertThat(confusion.predicted(1)).isEqualTo(2);
      assertThat(scores.get("mIoU")).isCloseTo((0.5 + 1.0 / 3) / 4, within(EXACT));
      assertThat(scores.get("mIoU_present")).isCloseTo((0.5 + 1.0 / 3) / 2, within(EXACT));
    }
  }

  @Test
  void semseg_withALabelOutOfRange_namesIt() {
    try (Scope scope = Scope.open()) {
      SemsegMeter meter = new SemsegMeter(3);
      assertThatThrownBy(() -> meter.add(classes(3, 0, 1), row(0, 7)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a label is 7")
          .hasMessageContaining("3 classes: 0 to 2");
      assertThat(meter.value()).as("nothing of the refused batch is kept").isNaN();
    }
  }

  @Test
  void saliency_byHand_takesTheBestThreshold() {
    try (Scope scope = Scope.open()) {
      // up to 0.40: 3 predicted, 2 hits of 2; from 0.45 to 0.55: 2 predicted, 1 hit; then 1, 1
      Map<String, Double> scores =
          scores(
              new SaliencyMeter(),
              row(logit(0.82), logit(0.43), logit(0.58), logit(0.1), 50),
              row(1, 1, 0, 0, 255));
      assertThat(scores.get("mIoU")).isCloseTo(2.0 / 3, within(EXACT));
      assertThat(scores.get("maxF")).isCloseTo(0.8, within(1e-9));
    }
  }

  @Test
  void saliency_atAThreshold_isNotAboveIt() {
    try (Scope scope = Scope.open()) {
      // p = 0.5 passes 0.20 ... 0.45 and not 0.50
      Map<String, Double> scores = scores(new SaliencyMeter(), row(0), row(0));
      assertThat(scores.get("mIoU")).as("empty and rightly so from 0.50 on").isEqualTo(1);
      assertThat(scores(new SaliencyMeter(), row(0, 0), row(1, 0)).get("mIoU")).isEqualTo(0.5);
    }
  }

  @Test
  void saliency_averagesOverImages_withoutThoseThatHaveNoLabel() {
    try (Scope scope = Scope.open()) {
      Tensor logits = Tensor.of(new float[] {9, 9, 9, -9, 9, 9}, 3, 1, 1, 2);
      Tensor target = Tensor.of(new float[] {1, 0, 1, 0, 255, 255}, 3, 1, 1, 2);
      Map<String, Double> scores = scores(new SaliencyMeter(), logits, target);
      assertThat(scores.get("mIoU")).isCloseTo((0.5 + 1) / 2, within(EXACT));
      assertThat(scores.get("maxF")).isCloseTo(2 * 0.75 / 1.75, within(1e-9));
    }
  }

  @Test
  void saliency_byHand_weighsPrecisionAboveRecall() {
    try (Scope scope = Scope.open()) {
      SaliencyMeter meter = new SaliencyMeter();
      meter.add(row(logit(0.97), logit(0.62), -9), row(1, 0, 0));
      meter.add(row(logit(0.33), logit(0.22), -9, 9), row(1, 0, 1, 255));
      // counts of both: up to 0.20: P 2/4, R 2/3; to 0.30: 2/3, 2/3; to 0.60: 1/2; above: P 1, R
      // 1/3
      assertThat(meter.values().get("maxF_beta"))
          .isCloseTo(1.3 / 3 / (0.3 + 1 / 3.0), within(EXACT));
    }
  }

  @Test
  void saliency_atAThresholdOfBeta_passesIt() {
    try (Scope scope = Scope.open()) {
      // 0 is 0.5 exactly; with 0.50 passed there is a hit without a miss
      Map<String, Double> scores = scores(new SaliencyMeter(), row(0, -0.01f), row(1, 0));
      assertThat(scores.get("maxF_beta")).isEqualTo(1);
    }
  }

  @Test
  void normals_byHand_giveAnglesInDegrees() {
    try (Scope scope = Scope.open()) {
      // x, y, z for angles 0, 90, 20, 180 and one ignored
      float c = (float) Math.cos(Math.toRadians(20));
      float s = (float) Math.sin(Math.toRadians(20));
      Tensor p = Tensor.of(new float[] {0, 5, s, 0, 1, 0, 0, 0, 0, 1, 2, 0, c, -1, 1}, 1, 3, 1, 5);
      Tensor g =
          Tensor.of(new float[] {0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 1, 1, 1, 1, 255}, 1, 3, 1, 5);
      // acos is steep at 0 and 180: the 1e-12 beside the length shows as 1e-4 degrees there
      Map<String, Double> scores = scores(new NormalsMeter(), p, g);
      assertThat(scores.get("mean")).isCloseTo(290 / 4.0, within(1e-4));
      assertThat(scores.get("mean_v2")).isCloseTo(290 / 4.0, within(1e-4));
      assertThat(scores.get("rmse")).isCloseTo(Math.sqrt((8100 + 400 + 32400) / 4.0), within(1e-4));
      assertThat(scores.get("median")).isCloseTo(20, within(0.011));
      assertThat(scores.get("under_11.25")).isEqualTo(25);
      assertThat(scores.get("under_22.5")).isEqualTo(50);
      assertThat(scores.get("under_30")).isEqualTo(50);
    }
  }

  @Test
  void normals_ofAPartlyIgnoredPixel_countOnlyForTheFirstMean() {
    try (Scope scope = Scope.open()) {
      Tensor p = Tensor.of(new float[] {1, 0, 0}, 1, 3, 1, 1);
      Tensor g = Tensor.of(new float[] {1, 255, 0}, 1, 3, 1, 1);
      Map<String, Double> scores = scores(new NormalsMeter(), p, g);
      assertThat(scores.get("mean")).isCloseTo(0, within(1e-4));
      assertThat(scores.get("mean_v2")).isNaN();
    }
  }

  @Test
  void median_ofManyAngles_isWithinABinOfTheSortedOne() {
    try (Scope scope = Scope.open()) {
      int n = 501;
      float[] p = new float[3 * n];
      float[] g = new float[3 * n];
      double[] angles = new double[n];
      Rng rng = new Rng(4);
      for (int i = 0; i < n; i++) {
        angles[i] = rng.uniform(0, 180);
        p[i] = (float) Math.sin(Math.toRadians(angles[i]));
        p[2 * n + i] = (float) Math.cos(Math.toRadians(angles[i]));
        g[2 * n + i] = 1;
      }
      Arrays.sort(angles);
      Map<String, Double> scores =
          scores(new NormalsMeter(), Tensor.of(p, 1, 3, 1, n), Tensor.of(g, 1, 3, 1, n));
      assertThat(scores.get("median")).isCloseTo(angles[n / 2], within(0.011));
    }
  }

  @Test
  void depth_byHand_givesAllScores() {
    try (Scope scope = Scope.open()) {
      Map<String, Double> scores = scores(new DepthMeter(), row(2, 3, 1, 7), row(2, 2, 4, 255));
      double log = Math.pow(Math.log(1.5), 2) + Math.pow(Math.log(4), 2);
      assertThat(scores.get("rmse")).isCloseTo(Math.sqrt(10.0 / 3), within(EXACT));
      assertThat(scores.get("log_rmse")).isCloseTo(Math.sqrt(log / 3), within(EXACT));
      assertThat(scores.get("abs_rel")).isCloseTo((0.5 + 0.75) / 3, within(EXACT));
      assertThat(scores.get("delta1")).isCloseTo(1.0 / 3, within(EXACT));
      assertThat(scores.get("delta2")).isCloseTo(2.0 / 3, within(EXACT));
      assertThat(scores.get("delta3")).isCloseTo(2.0 / 3, within(EXACT));
    }
  }

  @Test
  void depth_ofNegativePredictions_isFinite() {
    try (Scope scope = Scope.open()) {
      Map<String, Double> scores = scores(new DepthMeter(), row(-5), row(1));
      assertThat(scores.get("rmse")).isCloseTo(1, within(1e-8));
      assertThat(scores.get("log_rmse")).isCloseTo(9 * Math.log(10), within(1e-9));
    }
  }

  @Test
  void edge_byHand_poolsPixelsOverBatches() {
    try (Scope scope = Scope.open()) {
      EdgeMeter meter = new EdgeMeter(0.95, 0.0075);
      meter.add(row(0, 0, 0), row(1, 0, 0));
      meter.add(row(0, 9), row(1, 255));
      assertThat(meter.values().get("loss"))
          .isCloseTo((2 * 0.95 + 2 * 0.05) * Math.log(2) / 4, within(1e-7));
    }
  }

  @Test
  void edge_byHand_givesBothScales() {
    try (Scope scope = Scope.open()) {
      EdgeMeter meter = new EdgeMeter(0.95, 0.0075); // less than a pixel of 1 x 7
      Tensor strong = row(9, -9, logit(0.35), -9, 9, -9, -9);
      meter.add(strong, row(1, 0, 1, 0, 0, 0, 255));
      meter.add(row(9, -9, logit(0.1), -9, logit(0.1), -9, 9), row(1, 0, 0, 0, 0, 0, 255));
      // from 0.11 to 0.34: P 2/3 and 1/1, together 3/4, R 3/3; it is best for both
      assertThat(meter.value()).isCloseTo(2 * 0.75 / 1.75, within(EXACT));
      assertThat(meter.values().get("oisF")).isCloseTo(2 * 0.75 / 1.75, within(EXACT));
      meter.add(row(logit(0.1), -9, -9, -9, logit(0.1), -9, -9), row(1, 0, 0, 0, 1, 0, 0));
      // above 0.1: P 3/4, R 3/5; below it: P 5/8, R 5/5; each its best: P 5/6, R 5/5
      assertThat(meter.value()).isCloseTo(10 / 13.0, within(EXACT));
      assertThat(meter.values().get("oisF")).isCloseTo(10 / 11.0, within(EXACT));
    }
  }
}
