package dev.mtlora.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TaskTest {
  @AfterEach
  void noScopeStaysOpen() {
    assertThat(Scope.leaks()).isEmpty();
  }

  static List<Task> tasks() {
    return Tasks.ids().stream().map(Tasks::of).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "semseg, 21, 1, 1, mIoU, false",
    "human_parts, 7, 1, 2, mIoU, false",
    "sal, 1, 1, 5, mIoU, false",
    "normals, 3, 3, 10, mean, true",
    "edge, 1, 1, 50, odsF, false",
    "depth, 1, 1, 1, rmse, true"
  })
  void task_byDefault_isThePapers(
      String id, int outputs, int channels, double weight, String headline, boolean lower) {
    Task task = Tasks.of(id);
    assertThat(task.name()).isEqualTo(id);
    assertThat(task.outputs()).isEqualTo(outputs);
    assertThat(task.targetChannels()).isEqualTo(channels);
    assertThat(task.weight()).isEqualTo(weight);
    assertThat(task.meter().headline()).isEqualTo(headline);
    assertThat(task.meter().lowerIsBetter()).isEqualTo(lower);
  }

  @ParameterizedTest
  @CsvSource({"semsg, semseg", "normal, normals", "Depth, depth", "human-parts, human_parts"})
  void tasks_ofAnUnknownId_suggestTheNearest(String id, String nearest) {
    assertThatThrownBy(() -> Tasks.of(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.format(Locale.ROOT, "'%s'", id))
        .hasMessageContaining(String.format(Locale.ROOT, "did you mean '%s'?", nearest))
        .hasMessageContaining("semseg, human_parts, sal, normals, edge, depth");
  }

  @Test
  void takesClasses_ofAllIds_isTrueForSemsegOnly() {
    assertThat(Tasks.ids().stream().filter(Tasks::takesClasses)).containsExactly("semseg");
    assertThat(Tasks.takesClasses("albedo")).isFalse();
  }

  @Test
  void semseg_withImpossibleSettings_saysWhatFits() {
    assertThat(new Semseg(40, List.of()).outputs()).isEqualTo(40);
    assertThat(new Semseg().outputs()).isEqualTo(21);
    assertThat(new Semseg(OptionalInt.empty(), List.of("a", "b", "c"), 1).outputs()).isEqualTo(3);
    List<String> many = IntStream.range(0, 300).mapToObj(Integer::toString).toList();
    assertThatThrownBy(() -> new Semseg(OptionalInt.empty(), many, 1))
        .hasMessageContaining("names must be 2 to 255 but are 300");
    assertThatThrownBy(() -> new Semseg(2, List.of("a", "a"))).hasMessageContaining("'a' twice");
    assertThatThrownBy(() -> new Semseg(2, List.of(), -1))
        .hasMessageContaining("weight")
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> new Semseg(1, List.of())).hasMessageContaining("2 to 255 but is 1");
    assertThatThrownBy(() -> new Semseg(3, List.of("a", "b")))
        .hasMessageContaining("3 classes but 2 class names");
    assertThatThrownBy(() -> new Edge(1, -1, false)).hasMessageContaining("tolerance of edges");
  }

  @Test
  void reference_ofMasks_changesOnlyBatchesWithIgnoredPixels() {
    try (Scope scope = Scope.inference()) {
      Tensor logits = Tensor.of(new float[] {1, -2, 0.5f}, 1, 1, 1, 3);
      Tensor clean = Tensor.of(new float[] {1, 0, 0}, 1, 1, 1, 3);
      Tensor ignored = Tensor.of(new float[] {1, 0, 255}, 1, 1, 1, 3);
      Map<Task, Task> references =
          Map.of(new Saliency(), new Saliency(1, true), new Edge(), new Edge(1, 0.0075, true));
      references.forEach(
          (ours, reference) -> {
            assertThat(ours.loss(logits, clean).item())
                .isEqualTo(reference.loss(logits, clean).item());
            assertThat(ours.loss(logits, ignored).item())
                .isNotCloseTo(reference.loss(logits, ignored).item(), within(1e-3));
          });
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void loss_ofF64Logits_hasTheGradientOfFiniteDifferencesInF64(Task task) {
    try (Scope scope = Scope.open()) {
      Tensor logits = Tensor.randn(new Rng(1), 2, task.outputs(), 3, 4).to(DType.F64);
      Tensor direction = Tensor.randn(new Rng(2), logits.shape()).to(DType.F64);
      Tensor ones = Tensor.full(1, 2, task.targetChannels(), 3, 4);
      Tensor step = direction.times(1e-6);
      double slope =
          task.loss(logits.plus(step), ones).item() - task.loss(logits.minus(step), ones).item();
      Tensor learned = logits.detach().requiresGrad(true);
      task.loss(learned, ones).backward();
      double expected = learned.grad().orElseThrow().times(direction).sum().item();
      assertThat(slope / 2e-6).isCloseTo(expected, within(1e-8));
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void task_withoutLabels_hasNoLossNoGradientNoScore(Task task) {
    try (Scope scope = Scope.open()) {
      Tensor logits = Tensor.randn(new Rng(1), 2, task.outputs(), 3, 4).requiresGrad(true);
      Tensor target = Tensor.full(Labels.IGNORE, 2, task.targetChannels(), 3, 4);
      Tensor loss = task.loss(logits, target);
      loss.backward();
      assertThat(loss.item()).isZero();
      assertThat(logits.grad().orElseThrow().toFloats()).containsOnly(0f);
      assertThat(task.predict(logits).shape()).containsExactly(2, task.targetChannels(), 3, 4);
      int[] shown = task.show(target.narrow(0, 0, 1).toFloats(), 3, 4);
      assertThat(shown).hasSize(12).containsOnly(Colours.NO_VALUE);
      assertThatThrownBy(() -> task.show(new float[5], 3, 4)).hasMessageContaining("but got 5");
    }
  }

  @Test
  void predict_ofGoldenLogits_isWhatTheReferenceShows() {
    GoldenFile golden = GoldenFile.open(GoldenFile.resource("golden/metrics/metrics.safetensors"));
    try (Scope scope = Scope.inference()) {
      float[] classes = predict(golden, new Semseg(21, List.of()), "pascal.0.semseg");
      assertThat(classes).containsExactly(golden.tensor("pascal.0.semseg.pred").toFloats());
      float[] parts = predict(golden, new HumanParts(), "pascal.0.human_parts");
      assertThat(parts).containsExactly(golden.tensor("pascal.0.human_parts.pred").toFloats());
      // the reference scales both to 0..255: 255 p, and 255 (n + 1) / 2 with channels last
      Tensor masks = golden.tensor("pascal.0.sal.pred").times(1 / 255.0);
      assertClose(predict(golden, new Saliency(), "pascal.0.sal"), masks);
      Tensor edges = golden.tensor("pascal.0.edge.pred").times(1 / 255.0);
      assertClose(predict(golden, new Edge(), "pascal.0.edge"), edges);
      Tensor normals = golden.tensor("pascal.0.normals.pred").permute(0, 3, 1, 2);
      assertClose(
          predict(golden, new Normals(), "pascal.0.normals"),
          normals.times(2 / 255.0).plus(-1).contiguous());
    }
  }

  private static float[] predict(GoldenFile golden, Task task, String name) {
    return task.predict(golden.tensor(name + ".out")).toFloats();
  }

  private static void assertClose(float[] actual, Tensor expected) {
    assertThat(actual).containsExactly(expected.toFloats(), within(2e-6f));
  }

  @Test
  void predict_ofDepth_isNeverNegative() {
    try (Scope scope = Scope.inference()) {
      Tensor logits = Tensor.of(new float[] {-1, 2}, 1, 1, 1, 2);
      assertThat(new Depth().predict(logits).toFloats()).containsExactly(0, 2);
    }
  }

  @Test
  void show_ofClasses_givesEveryClassItsColour() {
    int[] colours = IntStream.range(0, 255).map(Colours::ofClass).distinct().toArray();
    assertThat(colours).hasSize(255).startsWith(0x000000, 0x800000, 0x008000, 0x808000, 0x000080);
    assertThat(Arrays.copyOf(colours, 64)).doesNotContain(Colours.NO_VALUE);
    int[] shown = new Semseg(3, List.of()).show(new float[] {2, 0, 7, 255}, 2, 2);
    assertThat(shown).containsExactly(0x008000, 0, Colours.NO_VALUE, Colours.NO_VALUE);
  }

  @Test
  void show_ofNormals_mapsComponentsToColours() {
    float[] twoPixels = {1, 0, -1, 0, 0, 0}; // x, x, y, y, z, z
    assertThat(new Normals().show(twoPixels, 1, 2)).containsExactly(0xFF0080, Colours.NO_VALUE);
  }

  @Test
  void show_ofMasks_isGrey() {
    assertThat(new Saliency().show(new float[] {0, 0.5f, 1, Float.NaN}, 1, 4))
        .containsExactly(0, 0x808080, 0xFFFFFF, Colours.NO_VALUE);
  }

  @Test
  void show_ofDepth_getsDarkerWithDistance() {
    int[] shown = new Depth().show(new float[] {0.3f, 1, 2, 4, 8, 16, 60, 0}, 1, 8);
    assertThat(shown[7]).isEqualTo(Colours.NO_VALUE);
    double[] luminance = Arrays.stream(shown).limit(7).mapToDouble(TaskTest::luminance).toArray();
    for (int i = 1; i < luminance.length; i++) {
      assertThat(luminance[i]).isLessThan(luminance[i - 1]);
    }
  }

  private static double luminance(int rgb) {
    return 0.2126 * linear(rgb >> 16 & 255)
        + 0.7152 * linear(rgb >> 8 & 255)
        + 0.0722 * linear(rgb & 255);
  }

  private static double linear(int level) {
    return Math.pow(level / 255.0, 2.2);
  }
}
