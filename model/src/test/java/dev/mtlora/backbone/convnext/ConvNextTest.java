package dev.mtlora.backbone.convnext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.image.Size;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Frozen;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.Backbones;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvNextTest {
  private static final List<String> TASKS = List.of("semseg", "normals");
  private static final ConvNextSettings SETTINGS =
      new ConvNextSettings(Size.square(32), List.of(8, 12), List.of(2, 1), 0);

  /** As published, less the classifier and the norm before it. */
  @ParameterizedTest
  @CsvSource({
    "convnext-tiny, 28589128, 768",
    "convnext-small, 50223688, 768",
    "convnext-base, 88591464, 1024",
  })
  void preset_counted_hasThePublishedNumberOfParameters(String name, long published, long width) {
    try (Scope scope = Scope.inference()) {
      Backbone backbone =
          Backbone.of(Backbones.ALL.of(name), new Frozen(), List.of("semseg"), new Rng(1));
      long count = backbone.parameters().values().stream().mapToLong(p -> p.tensor().count()).sum();
      assertThat(count + 2 * width + 1000 * (width + 1)).isEqualTo(published);
    }
  }

  @Test
  void settings_impossible_areRefused() {
    Size image = Size.square(32);
    assertThatThrownBy(() -> new ConvNextSettings(image, List.of(8), List.of(1, 1), 0))
        .hasMessageContaining("as many widths as depths");
    assertThatThrownBy(() -> new ConvNextSettings(image, List.of(8, 0), List.of(1, 1), 0))
        .hasMessageContaining("width of a stage must be at least 1");
    assertThatThrownBy(() -> new ConvNextSettings(image, List.of(8, 9999), List.of(1, 1), 0))
        .hasMessageContaining("at most 4,096 but is 9999");
    assertThatThrownBy(() -> new ConvNextSettings(image, List.of(8), List.of(0), 0))
        .hasMessageContaining("number of blocks in a stage");
    assertThatThrownBy(() -> new ConvNextSettings(image, List.of(8), List.of(1), 1))
        .hasMessageContaining("dropPath");
    assertThatThrownBy(() -> new ConvNextSettings(Size.square(7), List.of(8, 8), List.of(1, 1), 0))
        .hasMessageContaining("at least 8");
  }

  @Test
  void parameters_untrained_areAsPublished() {
    try (Scope scope = Scope.inference()) {
      Map<String, Tensor> state = Backbone.of(SETTINGS, new Frozen(), TASKS, new Rng(1)).state();
      assertThat(state.get("stages.0.1.gamma").toFloats()).containsOnly(1e-6f);
      assertThat(state.get("stages.0.1.dwconv.bias").toFloats()).containsOnly(0);
      for (String name :
          List.of(
              "stages.0.1.dwconv.weight",
              "downsample_layers.1.1.weight",
              "stages.1.0.pwconv1.weight")) {
        Tensor weight = state.get(name);
        double deviation = Math.sqrt(weight.square().mean().item());
        assertThat(deviation).as(name).isBetween(0.016, 0.024);
      }
    }
  }

  @Test
  void mtlora_attached_trainsStemNormsAndDownsamplings() {
    try (Scope scope = Scope.open()) {
      Backbone backbone = Backbone.of(SETTINGS, MtLora.paper(4, 2), TASKS, new Rng(1));
      backbone
          .parameters()
          .forEach(
              (name, parameter) ->
                  assertThat(parameter.trains())
                      .as(name)
                      .isEqualTo(
                          parameter.owner().isAdded()
                              || name.matches("downsample_layers[.].*|stages[.].*[.]norm[.].*")));
      assertThat(backbone.parameters().get("stages.0.0.gamma").decays()).isFalse();
    }
  }

  @Test
  void mtloraPlus_withoutReductionSites_isRefused() {
    assertThatThrownBy(
            () -> Backbone.of(SETTINGS, MtLora.paper(4, 2).withPlus(), TASKS, new Rng(1)))
        .hasMessageContaining("plus adapts the reductions");
  }

  /** The equations, written out: the convolution runs once, and tasks keep the residual. */
  @Test
  void lastBlock_forked_addsToEveryTaskTheSharedInput() {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = Backbone.of(SETTINGS, MtLora.paper(4, 2), TASKS, new Rng(1));
      Rng rng = new Rng(2);
      Map<String, Tensor> p = Module.tensors(backbone.parameters());
      p.values().forEach(v -> v.assignInPlace(Tensor.uniform(rng, -0.5, 0.5, v.shape())));
      backbone.train(false);
      Map<String, Streams> seen = new LinkedHashMap<>();
      backbone.forward(Tensor.randn(new Rng(3), 2, 3, 32, 32), TASKS, seen::put);

      Tensor x = seen.get("layers.0.blocks.0").shared(); // 2, 64, 8
      assertThat(seen.get("layers.0.blocks.0").hasForks()).isFalse();
      String b = "stages.0.1.";
      Tensor map = x.transpose(1, 2).reshape(2, 8, 8, 8);
      Tensor window =
          Functional.conv2d(
              map,
              p.get(b + "dwconv.weight"),
              p.get(b + "dwconv.bias"),
              new Functional.Steps(1, 3, 1, 8));
      Tensor normed =
          Functional.layerNorm(
              window.reshape(2, 8, 64).transpose(1, 2),
              p.get(b + "norm.weight"),
              p.get(b + "norm.bias"),
              1e-6);
      Tensor h = Functional.gelu(adapted(p, b + "pwconv1", normed, normed, "shared_", ""));
      for (String task : TASKS) {
        Tensor own = adapted(p, b + "pwconv1", normed, normed, "tasks_", "." + task);
        Tensor y =
            adapted(p, b + "pwconv2", h, Functional.gelu(own), "tasks_", "." + task)
                .times(p.get(b + "gamma"));
        double[] difference = seen.get("stage.0").of(task).minus(x.plus(y)).toDoubles();
        assertThat(difference).as(task).containsOnly(new double[] {0}, within(1e-4));
      }
    }
  }

  /** {@code W x + b + 4 B A x_t}. */
  private static Tensor adapted(
      Map<String, Tensor> p, String layer, Tensor x, Tensor own, String kind, String task) {
    Tensor base =
        Functional.linear(x, p.get(layer + ".linear.weight"), p.get(layer + ".linear.bias"));
    Tensor down = Functional.linear(own, p.get(layer + ".lora_" + kind + "A" + task), null);
    Tensor up = Functional.linear(down, p.get(layer + ".lora_" + kind + "B" + task), null);
    return base.plus(up.times(4));
  }

  @Test
  void grid_ofAnySize_isRoundedDownFromStageToStage() {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = Backbone.of(SETTINGS, new Frozen(), TASKS, new Rng(1));
      backbone.train(false);
      Tensor images = Tensor.randn(new Rng(3), 1, 3, 47, 30);
      assertThat(backbone.forward(images, TASKS).get(0).map("semseg").shape())
          .containsExactly(1, 8, 11, 7);
      assertThat(backbone.forward(images, TASKS).get(1).map("semseg").shape())
          .containsExactly(1, 12, 5, 3);
    }
  }

  @Test
  void parameters_everyOne_sayWhatTheyAre() {
    try (Scope scope = Scope.inference()) {
      Backbone.of(SETTINGS, new Frozen(), TASKS, new Rng(1))
          .parameters()
          .forEach(
              (name, parameter) -> {
                boolean norm =
                    name.contains("norm") || name.matches("downsample_layers.(0.1|1.0).*");
                Parameter.Role role = parameter.role();
                assertThat(role.isNorm()).as(name).isEqualTo(norm);
                assertThat(role.isShift()).as(name).isEqualTo(name.endsWith(".bias"));
              });
    }
  }
}
