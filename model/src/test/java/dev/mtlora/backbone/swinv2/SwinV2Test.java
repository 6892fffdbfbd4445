package dev.mtlora.backbone.swinv2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.backbone.Backbone;
import dev.mtlora.image.Size;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.BitFit;
import dev.mtlora.peft.Frozen;
import dev.mtlora.peft.Insert;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Place;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.peft.Vpt;
import dev.mtlora.spec.Backbones;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwinV2Test {
  private static final List<String> TASKS = List.of("semseg", "normals");
  private static final SwinV2Settings SETTINGS =
      settings(32, List.of(2, 1), List.of(2, 2), PerStage.same(0));

  private static SwinV2Settings settings(
      int side, List<Integer> depths, List<Integer> heads, PerStage<Integer> pretrained) {
    return new SwinV2Settings(Size.square(side), 8, depths, heads, 4, pretrained, 4, 0);
  }

  private static Backbone backbone(SwinV2Settings settings, AdapterMethod method) {
    Backbone backbone = Backbone.of(settings, method, TASKS, new Rng(1));
    backbone.train(false);
    return backbone;
  }

  /** What a tap sees of the shared stream. */
  private static Map<String, float[]> features(Backbone backbone, int side) {
    Map<String, float[]> seen = new LinkedHashMap<>();
    backbone.forward(
        Tensor.randn(new Rng(3), 1, 3, side, side),
        TASKS,
        (name, streams) -> seen.put(name, streams.shared().toFloats()));
    return seen;
  }

  private static void fill(Backbone backbone) {
    Rng rng = new Rng(2);
    Module.tensors(backbone.parameters())
        .values()
        .forEach(value -> value.assignInPlace(Tensor.uniform(rng, -1, 1, value.shape())));
  }

  /** As published, less the classifier and the norm before it. */
  @ParameterizedTest
  @CsvSource({"swinv2-tiny, T, 768", "swinv2-small, S, 768", "swinv2-base, B, 1024"})
  void preset_counted_hasThePublishedNumberOfParameters(String name, String key, long width)
      throws IOException {
    JsonNode counts =
        new ObjectMapper()
            .readTree(GoldenFile.resource("golden/counts/swinv2_counts.json").toFile())
            .path(key);
    long backbone = counts.path("backbone_without_final_norm").longValue();
    long published = counts.path("with_head").longValue();
    try (Scope scope = Scope.inference()) {
      long count =
          Backbone.of(Backbones.ALL.of(name), new Frozen(), TASKS, new Rng(1))
              .parameters()
              .values()
              .stream()
              .mapToLong(parameter -> parameter.tensor().count())
              .sum();
      assertThat(count).isEqualTo(backbone);
      assertThat(count + 2 * width + 1000 * (width + 1)).isEqualTo(published);
    }
  }

  @Test
  void settings_impossible_areRefused() {
    for (PerStage<Integer> windows :
        List.of(PerStage.of(List.of(4)), PerStage.same(1), PerStage.same(-1))) {
      assertThatThrownBy(() -> settings(32, List.of(1, 1), List.of(1, 2), windows))
          .hasMessageContaining("pretrainedWindow must be one number or a list of 2");
    }
    assertThatThrownBy(() -> settings(32, List.of(1, 1), List.of(3, 2), PerStage.same(0)))
        .hasMessageContaining("heads don't divide");
  }

  @Test
  void block_untrained_passesOnWhatItGets() {
    try (Scope scope = Scope.inference()) {
      Map<String, float[]> seen = features(backbone(SETTINGS, new Frozen()), 32);
      assertThat(seen.get("layers.0.blocks.1")).isEqualTo(seen.get("patch_embed"));
      assertThat(seen.get("layers.1.blocks.0")).isEqualTo(seen.get("stage.0"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0", // the only distance of a window of one position
    "0, 8, 0",
    "7, 8, 1.0566416",
    "-7, 8, -1.0566416",
    "1, 5, 0.5283208",
    "15, 8, 1.3937766", // a window of 16 after one of 8
  })
  void coordinate_ofADistance_isItsLogarithm(int distance, int window, float expected) {
    assertThat(ContinuousBias.coordinate(distance, window)).isCloseTo(expected, within(1e-6f));
  }

  @Test
  void pretrainedWindow_anotherThanTheWindow_countsDistancesInIt() {
    try (Scope scope = Scope.inference()) {
      Backbone same = backbone(SETTINGS, new Frozen());
      Backbone stated =
          backbone(settings(32, List.of(2, 1), List.of(2, 2), PerStage.same(4)), new Frozen());
      Backbone other =
          backbone(settings(32, List.of(2, 1), List.of(2, 2), PerStage.same(3)), new Frozen());
      List.of(same, stated, other).forEach(SwinV2Test::fill);
      float[] expected = features(same, 32).get("stage.1");
      assertThat(features(stated, 32).get("stage.1")).isEqualTo(expected);
      assertThat(features(other, 32).get("stage.1")).isNotEqualTo(expected);
    }
  }

  @Test
  void logitScale_aboveItsLimit_countsAsTheLimit() {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = backbone(SETTINGS, new Frozen());
      fill(backbone);
      float[] free = features(backbone, 32).get("stage.1");
      setScale(backbone, Math.log(100));
      float[] limit = features(backbone, 32).get("stage.1");
      setScale(backbone, 6);
      assertThat(features(backbone, 32).get("stage.1")).isEqualTo(limit).isNotEqualTo(free);
    }
  }

  private static void setScale(Backbone backbone, double value) {
    backbone
        .state()
        .forEach(
            (name, tensor) -> {
              if (name.endsWith("logit_scale")) {
                tensor.assignInPlace(Tensor.full(value, tensor.shape()));
              }
            });
  }

  @Test
  void stage_ofOnePosition_isFinite() {
    try (Scope scope = Scope.inference()) {
      SwinV2Settings small = settings(8, List.of(1, 1), List.of(1, 1), PerStage.same(0));
      Backbone backbone = backbone(small, new Frozen());
      fill(backbone);
      for (int side : new int[] {8, 32}) {
        for (float value : features(backbone, side).get("stage.1")) {
          assertThat(value).isFinite();
        }
      }
    }
  }

  @Test
  void mtlora_attached_trainsTheNetworkOfTheBiasAndTheScales() {
    try (Scope scope = Scope.open()) {
      backbone(SETTINGS, MtLora.paper(4, 2))
          .parameters()
          .forEach(
              (name, parameter) -> {
                boolean position = name.matches(".*(cpb_mlp|logit_scale).*");
                boolean trains =
                    position || name.matches("patch_embed[.].*|.*[.]norm[12]?[.].*|.*reduction.*");
                assertThat(parameter.trains())
                    .as(name)
                    .isEqualTo(trains || parameter.owner().isAdded());
                assertThat(parameter.role() == Parameter.Role.POSITION_BIAS)
                    .as(name)
                    .isEqualTo(position);
                assertThat(parameter.decays())
                    .as(name)
                    .isEqualTo(!position && parameter.tensor().rank() > 1);
              });
    }
  }

  /** Keys have no bias, and so none that a method could train. */
  @Test
  void bitfit_attached_trainsShiftsOfQueriesAndValuesAlone() {
    try (Scope scope = Scope.open()) {
      Map<String, Parameter> parameters = backbone(SETTINGS, new BitFit()).parameters();
      parameters.forEach(
          (name, parameter) ->
              assertThat(parameter.trains())
                  .as(name)
                  .isEqualTo(name.matches(".*[.]([qv]_)?bias") && !name.contains("cpb_mlp")));
      assertThat(parameters.keySet())
          .contains("layers.0.blocks.0.attn.q_bias", "layers.0.blocks.0.attn.v_bias")
          .noneMatch(name -> name.matches(".*(qkv.bias|k_bias)"));
    }
  }

  /** Adds 1 to every branch. */
  private static final class PlusOne extends Adaptation implements AdapterMethod {
    private static final class One extends Insert {
      @Override
      public Streams forward(Streams x) {
        return x.map(stream -> stream.plus(1));
      }
    }

    @Override
    public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
      return this;
    }

    @Override
    public Optional<Insert> insert(Place place) {
      return Optional.of(new One());
    }

    @Override
    public Projection adapt(Linear base, Site site) {
      return Projection.onEveryStream(base);
    }

    @Override
    public boolean trains(Parameter parameter) {
      return false;
    }
  }

  @Test
  void insert_ofABranch_isBehindItsNorm() {
    try (Scope scope = Scope.inference()) {
      Map<String, float[]> seen = features(backbone(SETTINGS, new PlusOne()), 32);
      float[] in = seen.get("patch_embed");
      float[] out = seen.get("layers.0.blocks.0"); // norms start as 0
      for (int i = 0; i < in.length; i++) {
        assertThat(out[i]).isCloseTo(in[i] + 2, within(1e-5f));
      }
    }
  }

  /** No queries, values as they are, no MLP: only the bias weighs, 8 for a pair of positions. */
  @Test
  void prompts_inAWindow_areAttendedToWithoutBias() {
    try (Scope scope = Scope.inference()) {
      SwinV2Settings one = settings(16, List.of(1), List.of(1), PerStage.same(0));
      Backbone backbone = backbone(one, new Vpt(3, true));
      Map<String, Tensor> weights = Module.tensors(backbone.parameters());
      String block = "layers.0.blocks.0.";
      weights.forEach(
          (name, value) -> {
            if (name.startsWith(block) && !name.endsWith("prompts.tokens")) {
              value.assignInPlace(Tensor.zeros(value.shape()));
            }
          });
      float[] identity = new float[64];
      for (int i = 0; i < 8; i++) {
        identity[9 * i] = 1;
      }
      Tensor same = Tensor.of(identity, 8, 8);
      weights
          .get(block + "attn.qkv.weight")
          .assignInPlace(Tensor.cat(List.of(Tensor.zeros(16, 8), same), 0));
      weights.get(block + "attn.proj.weight").assignInPlace(same);
      weights.get(block + "norm1.weight").assignInPlace(Tensor.full(1, 8));

      Map<String, Tensor> seen = new LinkedHashMap<>();
      backbone.forward(
          Tensor.randn(new Rng(3), 2, 3, 16, 16),
          TASKS,
          (name, streams) -> seen.put(name, streams.shared()));
      Tensor x = seen.get("patch_embed"); // 2, 16, 8
      Tensor prompts = weights.get(block + "prompts.tokens").expand(2, -1, -1).sum(true, 1);
      double weight = Math.exp(8);
      Tensor mean = x.sum(true, 1).times(weight).plus(prompts).times(1 / (16 * weight + 3));
      double[] expected = x.plus(normed(mean)).toDoubles();
      assertThat(seen.get(block.substring(0, block.length() - 1)).toDoubles())
          .containsExactly(expected, within(1e-3));
    }
  }

  private static Tensor normed(Tensor x) {
    Tensor centred = x.minus(x.mean(true, -1));
    return centred.dividedBy(centred.square().mean(true, -1).plus(1e-5).sqrt());
  }
}
