package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.backbone.Level;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.Conversion;
import dev.mtlora.weights.KeyMap;
import dev.mtlora.weights.TensorSource;
import dev.mtlora.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What training has made of a backbone, written for other programs, keeps what it has learnt. */
class ExportTest {
  private static final List<String> TASKS = List.of("semseg", "normals");
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: %d, embed: 8, depths: [2, 2], heads: [1, 2], dropPath: 0,
              neckChannels: [8, 8]%s}
      method: %s
      tasks: {semseg: {classes: 3}, normals: {}}
      data: {kind: scenes}
      train: {seed: %d}
      """;

  /** Greatest difference of a feature, over the greatest feature. */
  private static final double TOLERANCE = 1e-5;

  @TempDir private Path folder;

  private static MultiTaskModel model(int image, String options, String method, long seed) {
    String text = String.format(Locale.ROOT, CONFIG, image, options, method, seed);
    RunSpec.Source source = new RunSpec.Source("export", Path.of("."));
    return Assembly.of(RunSpec.parse(source, text, List.of())).untrainedModel();
  }

  private static MultiTaskModel model(String method, long seed) {
    return model(32, "", method, seed);
  }

  private static Tensor images() {
    return Tensor.randn(new Rng(7), 2, 3, 32, 32);
  }

  /** Some steps on the mean of all squared outputs. */
  private static MultiTaskModel trained(String method) {
    MultiTaskModel model = model(method, 1);
    model.backbone().loaded(Set.of());
    AdamW.Settings settings = new AdamW.Settings(0.9, 0.999, 1e-8, 0);
    AdamW optimizer = new AdamW(Module.tensors(model.trainable()), name -> false, settings);
    model.train(true);
    for (int i = 0; i < 4; i++) {
      try (Scope scope = Scope.open()) {
        model.forward(images(), TASKS).values().stream()
            .map(out -> out.square().mean())
            .reduce(Tensor::plus)
            .orElseThrow()
            .backward();
        optimizer.step(1e-2);
        model.trainable().values().forEach(p -> p.tensor().clearGrad());
      }
    }
    model.train(false);
    return model;
  }

  private static List<float[]> shared(MultiTaskModel model, List<String> tasks) {
    List<float[]> features = new ArrayList<>();
    try (Scope scope = Scope.inference()) {
      for (Level level : model.backbone().forward(images(), tasks)) {
        features.add(level.streams().shared().toFloats());
      }
    }
    return features;
  }

  private static double difference(List<float[]> actual, List<float[]> expected) {
    double worst = 0;
    for (int level = 0; level < expected.size(); level++) {
      double largest = 0;
      double apart = 0;
      for (int i = 0; i < expected.get(level).length; i++) {
        largest = Math.max(largest, Math.abs(expected.get(level)[i]));
        apart = Math.max(apart, Math.abs(actual.get(level)[i] - expected.get(level)[i]));
      }
      worst = Math.max(worst, apart / largest);
    }
    return worst;
  }

  private List<float[]> readBack(Conversion conversion, String name) {
    Path file = folder.resolve(name);
    conversion.write(file);
    try (Scope scope = Scope.inference()) {
      MultiTaskModel plain = model("{name: frozen}", 2);
      Weights.loadBackbone(file, plain.backbone());
      plain.train(false);
      return shared(plain, List.of());
    }
  }

  private List<float[]> readBack(MultiTaskModel model, KeyMap map) {
    return readBack(Conversion.of(map, folder, model), map.id() + ".safetensors");
  }

  /** A model as the folder of a merged one gives it: built merged, then loaded. */
  private MultiTaskModel reloaded(MultiTaskModel trained, String method) {
    trained.merge();
    Path file = folder.resolve("merged.safetensors");
    Weights.save(file, trained, DType.F32);
    trained.unmerge();
    MultiTaskModel merged = model(method, 3);
    merged.mergeForGood();
    Weights.load(file, merged);
    return merged;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{rank: 4, taskRank: 2}",
        "{rank: 4, taskRank: 2, mode: matrixv2}",
        "{rank: 4, taskRank: 2, plus: true, everyBlock: true, trainSharedScale: true}",
        "{rank: 4, taskRank: 2, pissa: true}",
        "{rank: 4, taskRank: 2, dora: true, rsLora: true}",
        "{rank: 0, taskRank: 2}",
        "{rank: 4, mode: lora_only}",
        "{name: lora, rank: 4}"
      })
  void sharedStream_someStepsThenEveryFamily_isThatOfThePlainBackbone(String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = trained(method);
      List<float[]> expected = shared(model, TASKS);
      assertThat(difference(shared(model(method, 1), TASKS), expected)).isGreaterThan(1e-3);
      MultiTaskModel merged = reloaded(model, method);
      for (KeyMap map : List.of(KeyMap.ORIGINAL, KeyMap.TIMM, KeyMap.HUGGING_FACE)) {
        assertThat(difference(readBack(model, map), expected)).as(map.id()).isLessThan(TOLERANCE);
        assertThat(difference(readBack(merged, map), expected)).as(map.id()).isLessThan(TOLERANCE);
      }
    }
  }

  /** What the shared pairs of last blocks have learnt is more than rounding. */
  @Test
  void sharedStream_withoutThePairsThatMergingLeaves_isAnother() {
    String method = "{rank: 4, taskRank: 2}";
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = trained(method);
      List<float[]> expected = shared(model, TASKS);
      model.merge();
      Path file = folder.resolve("merged.safetensors");
      Weights.save(file, model, DType.F32);
      MultiTaskModel plain = model("{rank: 4, taskRank: 2}", 2);
      plain.mergeForGood();
      Weights.load(file, plain);
      plain
          .state()
          .forEach(
              (name, tensor) -> {
                if (name.endsWith("lora_shared_B")) {
                  tensor.assignInPlace(Tensor.zeros(tensor.shape()));
                }
              });
      assertThat(difference(shared(plain, TASKS), expected)).isGreaterThan(1e-4);
    }
  }

  @Test
  void conversion_ofAModel_saysWhatItFoldsAddsAndLeaves() {
    try (Scope scope = Scope.open()) {
      Conversion made = Conversion.of(KeyMap.TIMM, folder, model("{rank: 4, taskRank: 2}", 1));
      assertThat(made.leftOut().get("backbone.layers.0.blocks.1.attn.proj.lora_tasks_A.semseg"))
          .isEqualTo("belongs to the stream of a task, which a plain backbone has not");
      assertThat(made.leftOut().keySet()).noneMatch(name -> name.contains("lora_shared"));
      assertThat(made.leftOut().get("downsampler.semseg.downsample_0.weight")).contains("a neck");
      assertThat(made.notes())
          .containsExactly(
              "folded into the weights of the shared stream: 32 tensors of adapters",
              "added norm.weight and norm.bias as they start (1 and 0): timm Swin has a last norm, a"
                  + " pyramid has none");
      assertThat(made.tensors().entries().keySet()).noneMatch(name -> name.contains("lora"));
    }
  }

  @ParameterizedTest
  @CsvSource({"OURS", "REFERENCE"})
  void conversion_toAWholeModel_keepsEverything(KeyMap map) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model("{rank: 4, taskRank: 2}", 1);
      Conversion made = Conversion.of(map, folder, model);
      assertThat(made.tensors().entries().keySet()).isEqualTo(model.state().keySet());
      assertThat(made.notes()).isEmpty();
    }
  }

  @Test
  void conversion_additionMode_isRefusedByName() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model("{rank: 4, taskRank: 2, mode: addition}", 1);
      assertThatThrownBy(() -> Conversion.of(KeyMap.TIMM, Path.of("run"), model))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("run: has adapters that fold into no weight")
          .hasMessageContaining("backbone.layers.0.blocks.1.attn.proj.lora_");
    }
  }

  /** How strongly adapters count is in no file of weights, only in the configuration. */
  @Test
  void conversion_ofAFileWithAdapters_isRefusedWithTheCure() {
    Path file = folder.resolve("model.safetensors");
    try (Scope scope = Scope.open()) {
      Weights.save(file, model("{rank: 4, taskRank: 2}", 1), DType.F32);
    }
    assertThatThrownBy(() -> Conversion.to(KeyMap.ORIGINAL, TensorSource.open(file)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("lora_shared_A")
        .hasMessageContaining("and 48 more), but not their scales")
        .hasMessageContaining("the folder that train or merge has filled");
  }

  @ParameterizedTest
  @CsvSource({
    "32, ', patchNorm: false', TIMM, has no norm behind its patch embedding",
    "32, ', patchNorm: false', HUGGING_FACE, has no norm behind its patch embedding",
    "32, ', absolutePosition: true', TIMM, but timm Swin has no place for them",
    "16, '', HUGGING_FACE, 'has windows of [2, 4]'"
  })
  void conversion_ofWhatTheirModelsCannotHold_isRefused(
      int image, String options, KeyMap map, String message) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(image, options, "{name: full}", 1);
      assertThatThrownBy(() -> Conversion.of(map, folder, model))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(message)
          .hasMessageEndingWith("; nothing was written");
      assertThat(Conversion.of(KeyMap.ORIGINAL, folder, model).notes()).isEmpty();
    }
  }
}
