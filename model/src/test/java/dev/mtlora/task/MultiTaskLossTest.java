package dev.mtlora.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiTaskLossTest {
  private static final GoldenFile GOLDEN =
      GoldenFile.open(GoldenFile.resource("golden/losses/losses.safetensors"));
  private static final JsonNode NUMBERS = GoldenFile.json("golden/losses/case.json");

  @ParameterizedTest
  @CsvSource({
    "multitask.pascal, 21, 'semseg normals sal human_parts edge'",
    "multitask.nyud, 40, 'semseg normals depth edge'"
  })
  void losses_ofAGoldenBatch_haveTheReferencesValues(String name, int classes, String ids) {
    JsonNode expected = NUMBERS.at("/values").get(name).get("per_task");
    double relative = NUMBERS.at("/tolerance/value_rel").asDouble();
    try (Scope scope = Scope.open()) {
      List<Task> tasks =
          List.of(ids.split(" ")).stream()
              .map(id -> id.equals("semseg") ? new Semseg(classes, List.of()) : Tasks.of(id))
              .toList();
      Map<String, Tensor> logits = new LinkedHashMap<>();
      Map<String, Tensor> targets = new LinkedHashMap<>();
      for (Task task : tasks) {
        String prefix = task.name() + (task.outputs() == 40 ? "40" : "");
        logits.put(task.name(), GOLDEN.tensor(prefix + ".pred").requiresGrad(true));
        targets.put(task.name(), GOLDEN.tensor(prefix + ".target"));
      }
      MultiTaskLoss.Losses losses = new MultiTaskLoss(tasks).of(logits, targets);
      assertThat(losses.perTask().keySet()).containsExactlyElementsOf(tasks);
      losses
          .perTask()
          .forEach((task, loss) -> assertClose(loss, expected.get(task.name()), relative));
      assertClose(losses.total(), expected.get("total"), relative);
      losses.total().backward();
      assertWeightedGradient(logits, tasks);
    }
  }

  private static void assertClose(Tensor loss, JsonNode expected, double relative) {
    assertThat(loss.item())
        .isCloseTo(expected.asDouble(), within(relative * Math.abs(expected.asDouble())));
  }

  private static void assertWeightedGradient(Map<String, Tensor> logits, List<Task> tasks) {
    for (Task task : tasks) {
      if (task.name().equals("edge")) {
        float[] expected = GOLDEN.tensor("edge.grad").times(task.weight()).toFloats();
        assertThat(logits.get("edge").grad().orElseThrow().toFloats())
            .containsExactly(expected, within(5e-6f));
      }
    }
  }

  /** A trainer's gradient is of these: factors of a balance, and a share per batch of a step. */
  @Test
  void weighted_factorsAndShare_multiplyWeightAndLoss() {
    try (Scope scope = Scope.inference()) {
      MultiTaskLoss.Losses losses =
          new MultiTaskLoss.Losses(
              Map.of(new Depth(2), Tensor.full(3), new Saliency(5, false), Tensor.full(7)));
      Map<String, Tensor> weighted = losses.weighted(Map.of("depth", 10.0), 0.25);
      assertThat(weighted.get("depth").item()).isEqualTo(2 * 3 * 10 * 0.25);
      assertThat(weighted.get("sal").item()).isEqualTo(5 * 7 * 0.25);
      assertThat(MultiTaskLoss.Losses.sum(weighted).item()).isEqualTo(15 + 8.75);
      assertThat(losses.total().item()).isEqualTo(2 * 3 + 5 * 7);
      assertThat(losses.values()).isEqualTo(Map.of("depth", 3.0, "sal", 7.0));
      assertThat(losses.isEmpty()).isFalse();
      assertThat(new MultiTaskLoss.Losses(Map.of()).isEmpty()).isTrue();
    }
  }

  @Test
  void losses_withoutATarget_nameTheTask() {
    try (Scope scope = Scope.inference()) {
      MultiTaskLoss loss = new MultiTaskLoss(List.of(new Depth(), new Normals()));
      Map<String, Tensor> logits =
          Map.of("depth", Tensor.zeros(1, 1, 2, 2), "normals", Tensor.zeros(1, 3, 2, 2));
      assertThatThrownBy(() -> loss.of(logits, Map.of("depth", Tensor.zeros(1, 1, 2, 2))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no target for task 'normals', only for [depth]");
    }
  }

  @Test
  void losses_ofShapesThatDoNotFit_nameTaskAndShapes() {
    try (Scope scope = Scope.inference()) {
      MultiTaskLoss loss = new MultiTaskLoss(List.of(new Normals()));
      Map<String, Tensor> logits = Map.of("normals", Tensor.zeros(2, 3, 4, 4));
      Map<String, Tensor> targets = Map.of("normals", Tensor.zeros(2, 1, 4, 4));
      assertThatThrownBy(() -> loss.of(logits, targets))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'normals'")
          .hasMessageContaining("[2, 3, 4, 4] and [2, 1, 4, 4]");
    }
  }

  @Test
  void tasks_givenTwice_areRefused() {
    assertThatThrownBy(() -> new MultiTaskLoss(List.of(new Depth(), new Depth())))
        .hasMessageContaining("[depth, depth]");
    assertThatThrownBy(() -> new MultiTaskLoss(List.of())).hasMessageContaining("one or more");
  }
}
