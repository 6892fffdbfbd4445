package dev.mtlora.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scores of the reference implementation over the batches of three sets, with its own tolerances.
 *
 * <p>Not compared: {@code rmse} of normals (there a copy of the mean; ours is a true one), {@code
 * Beta maxF} (it applies the sigmoid twice) and saliency of {@code pascal_b1} (in a batch of one
 * the reference takes every row for an image; that reading is reproduced here by cutting the rows
 * apart). The reference's edge score takes probabilities for logits, so the meter is fed
 * probabilities here.
 */
class MeterGoldenTest {
  private static final GoldenFile GOLDEN =
      GoldenFile.open(GoldenFile.resource("golden/metrics/metrics.safetensors"));
  private static final JsonNode NUMBERS = GoldenFile.json("golden/metrics/case.json");
  private static final double ABS = NUMBERS.at("/tolerance/abs").asDouble();
  private static final double DEGREES = NUMBERS.at("/tolerance/degrees_abs").asDouble();

  private static JsonNode set(String name) {
    return NUMBERS.at("/sets").get(name);
  }

  private static Meter filled(
      Meter meter, String set, String task, UnaryOperator<Tensor> logits, UnaryOperator<Tensor> t) {
    for (int batch = 0; batch < set(set).get("batches").size(); batch++) {
      try (Scope scope = Scope.inference()) {
        String prefix = set + "." + batch + "." + task;
        meter.add(
            logits.apply(GOLDEN.tensor(prefix + ".out")),
            t.apply(GOLDEN.tensor(prefix + ".target")));
      }
    }
    return meter;
  }

  private static Meter filled(Meter meter, String set, String task) {
    return filled(meter, set, task, UnaryOperator.identity(), UnaryOperator.identity());
  }

  @ParameterizedTest
  @CsvSource({
    "pascal, semseg, 21",
    "pascal, human_parts, 7",
    "pascal_b1, semseg, 21",
    "pascal_b1, human_parts, 7",
    "nyud, semseg, 40"
  })
  void semseg_overASet_hasTheReferencesIoUs(String set, String task, int classes) {
    SemsegMeter meter = new SemsegMeter(classes);
    filled(meter, set, task);
    JsonNode scores = set(set).get("scores").get(task);
    assertThat(meter.value()).isCloseTo(scores.get("mIoU").asDouble(), within(ABS));
    double[] iou = meter.iouPerClass();
    for (int c = 0; c < classes; c++) {
      assertThat(iou[c])
          .as("class %d", c)
          .isCloseTo(scores.get("jaccards_all_categs").get(c).asDouble(), within(ABS));
    }
  }

  @Test
  void saliency_overASet_hasTheReferencesScores() {
    Meter meter = filled(new SaliencyMeter(), "pascal", "sal");
    assertSaliency(meter, set("pascal").get("scores").get("sal"));
  }

  @Test
  void saliency_withRowsAsImages_hasTheReferencesScoresOfBatchesOfOne() {
    UnaryOperator<Tensor> rows = t -> t.permute(2, 1, 0, 3); // 1, 1, H, W -> H, 1, 1, W
    Meter meter = filled(new SaliencyMeter(), "pascal_b1", "sal", rows, rows);
    assertSaliency(meter, set("pascal_b1").get("scores").get("sal"));
  }

  private static void assertSaliency(Meter meter, JsonNode scores) {
    for (String name : new String[] {"mIoU", "maxF"}) {
      assertThat(meter.values().get(name))
          .as(name)
          .isCloseTo(scores.get(name).asDouble(), within(ABS));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pascal", "pascal_b1", "nyud"})
  void normals_overASet_haveTheReferencesAngles(String set) {
    Meter meter = filled(new NormalsMeter(), set, "normals");
    JsonNode scores = set(set).get("scores").get("normals");
    for (String name : new String[] {"mean", "mean_v2"}) {
      assertThat(meter.values().get(name))
          .as(name)
          .isCloseTo(scores.get(name).asDouble(), within(DEGREES));
    }
    for (String limit : new String[] {"11.25", "22.5", "30"}) {
      assertThat(meter.values().get("under_" + limit))
          .as(limit)
          .isCloseTo(set(set).get("normals_v1_full").get(limit).asDouble(), within(ABS));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rmse", "log_rmse"})
  void depth_overASet_hasTheReferencesErrors(String name) {
    Meter meter = filled(new DepthMeter(), "nyud", "depth");
    assertThat(meter.values().get(name))
        .isCloseTo(set("nyud").get("scores").get("depth").get(name).asDouble(), within(ABS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pascal", "pascal_b1", "nyud"})
  void edge_ofProbabilities_hasTheReferencesLoss(String set) {
    Meter meter =
        filled(new EdgeMeter(0.95, 0.0075), set, "edge", Tensor::sigmoid, UnaryOperator.identity());
    assertThat(meter.values().get("loss"))
        .isCloseTo(set(set).get("scores").get("edge").get("loss").asDouble(), within(ABS));
  }
}
