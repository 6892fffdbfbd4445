package dev.mtlora.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.tensor.Scope;
import dev.mtlora.testing.GoldenFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scores of the reference implementation over the batches of three sets, with its own tolerances.
 *
 * <p>Where its scores are not ours, the {@code Reference*Meter} of the task is compared.
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

  private static Meter filled(Meter meter, String set, String task) {
    for (int batch = 0; batch < set(set).get("batches").size(); batch++) {
      try (Scope scope = Scope.inference()) {
        String prefix = set + "." + batch + "." + task;
        meter.add(GOLDEN.tensor(prefix + ".out"), GOLDEN.tensor(prefix + ".target"));
      }
    }
    return meter;
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
    Confusion confusion = meter.confusion().orElseThrow();
    for (int c = 0; c < classes; c++) {
      assertThat(confusion.iou(c))
          .as("class %d", c)
          .isCloseTo(scores.get("jaccards_all_categs").get(c).asDouble(), within(ABS));
    }
  }

  @Test
  void saliency_overASet_hasTheReferencesScores() {
    Meter meter = filled(new SaliencyMeter(), "pascal", "sal");
    JsonNode scores = set("pascal").get("scores").get("sal");
    for (String name : new String[] {"mIoU", "maxF"}) {
      assertThat(meter.values().get(name))
          .as(name)
          .isCloseTo(scores.get(name).asDouble(), within(ABS));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "pascal, sal",
    "pascal_b1, sal",
    "pascal, edge",
    "pascal_b1, edge",
    "nyud, edge",
    "pascal, normals",
    "pascal_b1, normals",
    "nyud, normals"
  })
  void referenceMeter_overASet_hasTheReferencesScoresUnderItsNames(String set, String task) {
    Map<String, Meter> meters =
        Map.of(
            "sal", new ReferenceSaliencyMeter(),
            "edge", new ReferenceEdgeMeter(0.95),
            "normals", new ReferenceNormalsMeter());
    Map<String, Double> values = filled(meters.get(task), set, task).values();
    JsonNode scores = set(set).get("scores").get(task);
    assertThat(values.keySet()).containsExactlyInAnyOrderElementsOf(names(scores));
    values.forEach(
        (name, value) ->
            assertThat(value)
                .as(name)
                .isCloseTo(
                    scores.get(name).asDouble(), within(task.equals("normals") ? DEGREES : ABS)));
  }

  private static List<String> names(JsonNode scores) {
    List<String> names = new ArrayList<>();
    scores.fieldNames().forEachRemaining(names::add);
    return names;
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
}
