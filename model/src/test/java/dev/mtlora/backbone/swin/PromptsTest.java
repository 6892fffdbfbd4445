package dev.mtlora.backbone.swin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Level;
import dev.mtlora.nn.Module;
import dev.mtlora.peft.Vpt;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptsTest {
  private static final List<String> TASKS = List.of("semseg", "normals");
  private static final SwinSettings SETTINGS =
      new SwinSettings(32, 8, List.of(2, 2), List.of(1, 2), 4, 4, 0, SwinSettings.Options.STANDARD);

  private static Backbone backbone(SwinSettings settings, boolean deep) {
    Backbone backbone = Backbone.of(settings, new Vpt(3, deep), TASKS, new Rng(1));
    Rng rng = new Rng(2);
    backbone
        .parameters()
        .values()
        .forEach(p -> p.tensor().assignInPlace(Tensor.uniform(rng, -1, 1, p.tensor().shape())));
    backbone.train(false);
    return backbone;
  }

  private static double largest(Tensor a, Tensor b) {
    assertThat(a.shape()).isEqualTo(b.shape());
    double largest = 0;
    double[] difference = a.minus(b).toDoubles();
    for (double d : difference) {
      largest = Math.max(largest, Math.abs(d));
    }
    return largest;
  }

  @Test
  void windows_partitionedAndReversed_areTheSameWithPrompts() {
    try (Scope scope = Scope.inference()) {
      Windows windows = new Windows(new Grid(8, 8), 4, true, 3);
      Tensor x = Tensor.randn(new Rng(1), 2, 3 + 64, 5);
      Tensor cut = windows.partition(x);
      assertThat(cut.shape()).containsExactly(2 * 4, 3 + 16, 5);
      for (int image = 0; image < 2; image++) {
        for (int w = 0; w < 4; w++) {
          Tensor copy = cut.narrow(0, image * 4L + w, 1).narrow(1, 0, 3);
          assertThat(largest(copy, x.narrow(0, image, 1).narrow(1, 0, 3))).isZero();
        }
      }
      assertThat(largest(windows.reverse(cut), x)).isCloseTo(0, within(1e-6));
    }
  }

  @Test
  void bias_withPrompts_isZeroForThemAndTheSameForPositions() {
    try (Scope scope = Scope.inference()) {
      Windows windows = new Windows(new Grid(8, 8), 4, true, 2);
      Tensor bias = Tensor.randn(new Rng(1), 4, 1, 16, 16);
      Tensor extended = windows.withPrompts(bias);
      assertThat(extended.shape()).containsExactly(4, 1, 18, 18);
      assertThat(extended.narrow(2, 0, 2).abs().sum().item()).isZero();
      assertThat(extended.narrow(3, 0, 2).abs().sum().item()).isZero();
      assertThat(largest(extended.narrow(2, 2, 16).narrow(3, 2, 16), bias)).isZero();
    }
  }

  @Test
  void attention_blindToPlace_averagesPromptsAndTheWindow() {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = backbone(SETTINGS, true);
      // no queries, values as they are, no MLP: attention is the mean of norm1 over the window
      String block = "layers.1.blocks.0.";
      Map<String, Tensor> weights = Module.tensors(backbone.parameters());
      weights.forEach(
          (name, value) -> {
            if (name.startsWith(block) && !name.endsWith("prompts.tokens")) {
              value.assignInPlace(Tensor.zeros(value.shape()));
            }
          });
      long c = 16;
      float[] identity = new float[(int) (c * c)];
      for (int i = 0; i < c; i++) {
        identity[i * (int) c + i] = 1;
      }
      Tensor one = Tensor.of(identity, c, c);
      weights
          .get(block + "attn.qkv.weight")
          .assignInPlace(Tensor.cat(List.of(Tensor.zeros(2 * c, c), one), 0));
      weights.get(block + "attn.proj.weight").assignInPlace(one);
      weights.get(block + "norm1.weight").assignInPlace(Tensor.full(1, c));

      Tensor[] seen = new Tensor[2];
      backbone.forward(
          Tensor.randn(new Rng(3), 2, 3, 32, 32),
          TASKS,
          (name, streams) -> {
            if (name.equals("stage.0")) {
              seen[0] = streams.shared();
            } else if (name.equals("layers.1.blocks.0")) {
              seen[1] = streams.shared();
            }
          });
      Tensor prompts = weights.get(block + "prompts.tokens").expand(2, -1, -1);
      Tensor all = normed(Tensor.cat(List.of(prompts, seen[0]), 1)); // one window of 4 x 4
      Tensor expected = seen[0].plus(all.mean(true, 1));
      assertThat(largest(seen[1], expected)).isCloseTo(0, within(1e-4));
    }
  }

  private static Tensor normed(Tensor x) {
    Tensor centred = x.minus(x.mean(true, -1));
    return centred.dividedBy(centred.square().mean(true, -1).plus(1e-5).sqrt());
  }

  @Test
  void shallowPrompts_batchOfTwo_computesEachImageAsAlone() {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = backbone(SETTINGS, false);
      Tensor images = Tensor.randn(new Rng(3), 2, 3, 32, 32);
      List<Level> both = backbone.forward(images, TASKS);
      for (int image = 0; image < 2; image++) {
        List<Level> alone = backbone.forward(images.narrow(0, image, 1), TASKS);
        for (int level = 0; level < both.size(); level++) {
          Tensor expected = alone.get(level).streams().shared();
          assertThat(largest(both.get(level).streams().shared().narrow(0, image, 1), expected))
              .isCloseTo(0, within(1e-4));
        }
      }
    }
  }

  @Test
  void oneBlock_shallowOrDeep_computesTheSame() {
    SwinSettings oneBlock =
        new SwinSettings(32, 8, List.of(1), List.of(1), 4, 4, 0, SwinSettings.Options.STANDARD);
    try (Scope scope = Scope.inference()) {
      Tensor images = Tensor.randn(new Rng(3), 2, 3, 32, 32);
      Tensor shallow = backbone(oneBlock, false).forward(images, TASKS).get(0).streams().shared();
      Tensor deep = backbone(oneBlock, true).forward(images, TASKS).get(0).streams().shared();
      assertThat(largest(shallow, deep)).isCloseTo(0, within(1e-5));
    }
  }

  @Test
  void carriedPrompts_changed_changeTheLastStage() {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = backbone(SETTINGS, false);
      Tensor images = Tensor.randn(new Rng(3), 1, 3, 32, 32);
      Tensor before = backbone.forward(images, TASKS).get(1).streams().shared();
      Tensor tokens = backbone.state().get("layers.0.blocks.0.prompts.tokens");
      tokens.assignInPlace(tokens.times(-1));
      assertThat(largest(backbone.forward(images, TASKS).get(1).streams().shared(), before))
          .isGreaterThan(1e-3);
    }
  }
}
