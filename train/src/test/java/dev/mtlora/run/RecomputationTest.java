package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.DataLoader;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.tensor.Work;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Computing blocks again in the backward pass, with every adapter method of the catalogue. */
class RecomputationTest {
  private static final List<String> TASKS = List.of("semseg", "normals");
  private static final String SMALL =
      """
      model: {backbone: swin-micro, image: 32, dropPath: 0.3, neckChannels: [8, 8, 8, 8]}
      method: {name: %s}
      tasks: {semseg: {classes: 3}, normals: {}}
      data: {kind: scenes}
      train: {recompute: %s}
      """;

  static Stream<String> methods() {
    return AdapterMethods.ids().stream();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void backward_blocksComputedAgain_leavesTheSameGradients(String method) {
    assertSame(gradients(method, true, false), gradients(method, false, false), 1e-5);
  }

  @Test
  void backward_blocksComputedAgainInBf16_leavesTheSameGradients() {
    assertSame(gradients("mtlora", true, true), gradients("mtlora", false, true), 2e-2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pcgrad", "gradnorm"})
  void config_balanceThatTakesGradientsByTask_refusesToRecompute(String balance) {
    RunSpec.Source source = new RunSpec.Source("recomputation", Path.of("."));
    assertThatThrownBy(
            () ->
                RunSpec.parse(
                    source,
                    String.format(Locale.ROOT, SMALL, "mtlora", true),
                    List.of("train.balance=" + balance)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("train.balance: the balance " + balance)
        .hasMessageContaining("set train.recompute to false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pcgrad", "gradnorm"})
  void trainer_balanceThatTakesGradientsByTask_refusesToRecompute(String balance) {
    RunSpec config =
        RunSpec.parse(
            new RunSpec.Source("recomputation", Path.of(".")),
            String.format(Locale.ROOT, SMALL, "mtlora", false),
            List.of(
                "train.balance=" + balance, "data={kind: scenes, train: 2, val: 1}", "batch=2"));
    Assembly assembly = Assembly.of(config);
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      model.backbone().recompute(true);
      DataLoader loader = assembly.trainingLoader(model);
      assertThatThrownBy(
              () ->
                  assembly
                      .trainer(loader, List.of())
                      .fit(model, loader, assembly.validationLoader()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("set train.recompute to false");
    }
  }

  private static void assertSame(
      Map<String, float[]> recomputed, Map<String, float[]> kept, double tolerance) {
    assertThat(recomputed.keySet()).containsExactlyElementsOf(kept.keySet());
    assertThat(recomputed.get("loss")).isEqualTo(kept.get("loss"));
    kept.forEach(
        (name, value) ->
            assertThat(distance(recomputed.get(name), value))
                .as(name)
                .isLessThan(tolerance * length(value) + 1e-9)); // sums in another order
  }

  private static double length(float[] vector) {
    return distance(vector, new float[vector.length]);
  }

  private static double distance(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += (a[i] - (double) b[i]) * (a[i] - (double) b[i]);
    }
    return Math.sqrt(squares);
  }

  /** The loss and all gradients of a pass with dropout and drop path. */
  private static Map<String, float[]> gradients(String method, boolean recompute, boolean bf16) {
    RunSpec.Source source = new RunSpec.Source("recomputation", Path.of("."));
    RunSpec config =
        RunSpec.parse(source, String.format(Locale.ROOT, SMALL, method, recompute), List.of());
    Map<String, float[]> found = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Assembly.of(config).untrainedModel();
      move(model);
      model.train(true);
      Engine.seed(5);
      goBack(model, recompute, bf16);
      goBack(model, recompute, bf16); // adds to the gradients of the first pass
      try (Scope last = Scope.open()) {
        found.put("loss", loss(model, bf16).toFloats());
        model
            .trainable()
            .forEach((name, p) -> p.tensor().grad().ifPresent(g -> found.put(name, g.toFloats())));
      }
    }
    return found;
  }

  private static void goBack(MultiTaskModel model, boolean recompute, boolean bf16) {
    try (Scope step = Scope.open()) {
      Tensor loss = loss(model, bf16);
      try (Work count = Work.open()) {
        loss.backward();
        assertThat(count.multiplyAdds() > 0)
            .as("products in the backward pass")
            .isEqualTo(recompute && anyGradient(model));
      }
    }
  }

  private static boolean anyGradient(MultiTaskModel model) {
    return model.backbone().parameters().values().stream().anyMatch(Parameter::trains);
  }

  private static Tensor loss(MultiTaskModel model, boolean bf16) {
    return outputs(model, bf16).values().stream()
        .map(out -> out.to(DType.F32).square().mean())
        .reduce(Tensor::plus)
        .orElseThrow();
  }

  private static Map<String, Tensor> outputs(MultiTaskModel model, boolean bf16) {
    try (Autocast cast = Autocast.bf16(Device.CPU, bf16)) {
      return model.forward(Tensor.randn(new Rng(7), 2, 3, 32, 32), TASKS);
    }
  }

  /** Away from the values at which adapters do nothing. */
  private static void move(MultiTaskModel model) {
    Rng rng = new Rng(9);
    Module.tensors(model.trainable())
        .values()
        .forEach(
            value ->
                value.assignInPlace(
                    value.detach().plus(Tensor.randn(rng, value.shape()).times(0.05))));
  }
}
