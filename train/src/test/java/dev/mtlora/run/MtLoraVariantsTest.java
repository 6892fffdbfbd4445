package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.RankShrinking;
import dev.mtlora.peft.Variant;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.weights.AdapterFile;
import dev.mtlora.weights.SafeTensors;
import dev.mtlora.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * MTLoRA's variants from YAML to parameters. Formulas are for swin-micro: widths c = 32, 64, 128,
 * 256 with 2, 2, 4, 2 blocks, so that c sums to 1216 over all blocks and to 480 over the last ones.
 * A block's layers are c x 3c, c x c, c x 4c, 4c x c; a low-rank pair has rank x (in + out)
 * numbers.
 */
class MtLoraVariantsTest {
  private static final String MICRO =
      """
      model: {backbone: swin-micro, dropPath: 0, neckChannels: [8, 8, 8, 8]}
      method: {name: mtlora, rank: 8, taskRank: 2}
      tasks: {semseg: {classes: 3}, depth: {}}
      data: scenes
      """;

  private static final int BLOCKS = 1216;
  private static final int LAST = 480;
  private static final int PAIRS = 4 + 2 + 5 + 5; // (in + out) / c of qkv, proj, fc1, fc2
  private static final int TASK_PAIRS = 2 + 5 + 5;

  private static final Rng RNG = new Rng(11);

  @TempDir private Path folder;

  /** A model that is small enough to compute with. */
  private static Assembly tiny(String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.image=32",
                "model.embed=8",
                "model.depths=[1, 1, 1, 1]",
                "model.heads=[1, 2, 4, 8]",
                "method.slots=[qkv]"));
    all.addAll(List.of(overrides));
    return Assembly.of(read(all.toArray(String[]::new)));
  }

  private static RunSpec read(String... overrides) {
    return RunSpec.parse(new RunSpec.Source("micro", Path.of(".")), MICRO, List.of(overrides));
  }

  private static ParameterReport count(String... overrides) {
    try (Scope scope = Scope.inference()) {
      return ParameterReport.of(Assembly.of(read(overrides)).untrainedModel());
    }
  }

  @Test
  void params_ofTheVariants_areWhatTheFormulasSay() {
    ParameterReport plain = count();
    assertThat(plain.loraShared()).isEqualTo(8L * PAIRS * BLOCKS);
    assertThat(plain.loraTasks()).containsEntry("depth", 2L * TASK_PAIRS * LAST);
    long reductions = 8L * 6 * (32 + 64 + 128);
    for (String plus : List.of("method.plus=true", "method.name=mtlora-plus")) {
      assertThat(count(plus).loraShared()).isEqualTo(plain.loraShared() + reductions);
    }
    for (String dora : List.of("method.dora=true", "method.name=mtdora")) {
      ParameterReport lengths = count(dora); // one per output: 3c, c, 4c, c
      assertThat(lengths.loraShared()).isEqualTo(plain.loraShared() + (3 + 1 + 4 + 1) * BLOCKS);
      assertThat(lengths.loraTasks())
          .containsEntry("semseg", plain.loraTasks().get("semseg") + (1 + 4 + 1) * LAST);
      assertThat(lengths.other()).isEqualTo(plain.other());
    }
    assertThat(count("method.pissa=true", "method.rsLora=true")).isEqualTo(plain);
    assertThat(count("method.name=mtdora", "method.dora=false")).isEqualTo(plain);
  }

  @Test
  void pissa_adapterOverTheOriginalBase_isTheTrainedModel() {
    Path base = folder.resolve("base.safetensors");
    Path adapter = folder.resolve("adapter");
    try (Scope scope = Scope.inference()) {
      Weights.save(base, tiny("method={name: frozen}").model().backbone(), DType.F32);
    }
    float[] expected;
    try (Scope scope = Scope.inference()) {
      Assembly assembly = tiny("method.pissa=true", "model.weights=" + base);
      MultiTaskModel trained = assembly.model();
      assertThat(Math.sqrt(squares(trained, "backbone.layers.3.blocks.0.attn.qkv.lora_shared_B")))
          .isGreaterThan(0.01);
      trained
          .trainable()
          .values()
          .forEach(
              p -> {
                Tensor t = p.tensor();
                t.assignInPlace(t.plus(Tensor.randn(RNG, t.shape()).times(0.01)));
              });
      AdapterFile.write(adapter, trained, assembly.origin("{}", "1"), DType.F32);
      expected = outputs(trained);
    }
    try (Scope scope = Scope.inference()) {
      MultiTaskModel loaded =
          tiny("method.pissa=true", "model.weights=" + base, "train.seed=5").model();
      loaded.buffers().values().stream() // another machine's decomposition
          .filter(buffer -> buffer.rank() == 2)
          .forEach(buffer -> buffer.timesInPlace(-1));
      AdapterFile.load(adapter, loaded, false);
      assertThat(outputs(loaded)).isEqualTo(expected);
    }
  }

  /** An update of a hundredth of W: rounded with W's principal part it would be off by 3 %. */
  @Test
  void pissaAndDora_adapterInF16_hasTheUpdateThatWasTrained() {
    Path base = folder.resolve("base.safetensors");
    Path adapter = folder.resolve("adapter");
    String qkv = "backbone.layers.3.blocks.0.attn.qkv.lora_shared_";
    try (Scope scope = Scope.inference()) {
      Weights.save(base, tiny("method={name: frozen}").model().backbone(), DType.F32);
      String[] all = {
        "method.pissa=true",
        "method.dora=true",
        "method.slots=[qkv, proj]",
        "method.trainSharedScale=true",
        "model.weights=" + base
      };
      Assembly assembly = tiny(all);
      MultiTaskModel trained = assembly.model();
      trained.trainable().values().forEach(p -> p.tensor().timesInPlace(1.003));
      AdapterFile.write(adapter, trained, assembly.origin("{}", "1"), DType.F16);
      MultiTaskModel loaded = tiny(all).model();
      AdapterFile.load(adapter, loaded, false);
      Tensor update = update(trained, qkv);
      Tensor error = update(loaded, qkv).minus(update);
      assertThat(length(error) / length(update)).isLessThan(1e-6);
      Map<String, SafeTensors.Entry> stored =
          SafeTensors.open(adapter.resolve(AdapterFile.MODEL)).entries();
      trained
          .trainable()
          .keySet()
          .forEach(
              name ->
                  assertThat(stored.get(name).dtype())
                      .as(name)
                      .isEqualTo(
                          name.matches(".*(lora_shared_(A|B|scale|m)|lora_tasks_m[.].*)")
                              ? DType.F32
                              : DType.F16));
    }
  }

  /** {@code s B A - B0 A0}. */
  private static Tensor update(MultiTaskModel model, String pair) {
    Map<String, Tensor> state = new LinkedHashMap<>(model.state());
    state.replaceAll((name, tensor) -> tensor.to(DType.F64));
    Tensor now = state.get(pair + "B").matmul(state.get(pair + "A"));
    return now.times(state.get(pair + "scale"))
        .minus(state.get(pair + "B0").matmul(state.get(pair + "A0")));
  }

  private static double length(Tensor tensor) {
    return Math.sqrt(tensor.square().sum().item());
  }

  private static double squares(MultiTaskModel model, String name) {
    return model.state().get(name).square().sum().item();
  }

  private static float[] outputs(MultiTaskModel model) {
    model.train(false);
    return model
        .forward(Tensor.randn(new Rng(7), 1, 3, 32, 32), List.of("depth"))
        .get("depth")
        .toFloats();
  }

  /** With rank 16 and task rank 4; plain MTLoRA's numbers and the lengths'. */
  @ParameterizedTest
  @CsvSource({"mtdora, 9, 6", "mtlora-shrinking, 0, 0"})
  void shippedMethod_counted_isWhatTheFormulasSay(String file, int lengths, int taskLengths) {
    Path path = Path.of("..", "configs", "methods", file + ".yaml");
    try (Scope scope = Scope.inference()) {
      ParameterReport report =
          ParameterReport.of(Assembly.of(RunSpec.read(path, List.of())).untrainedModel());
      assertThat(report.loraShared()).isEqualTo((16L * PAIRS + lengths) * BLOCKS);
      assertThat(report.loraTasks().values())
          .hasSize(4)
          .containsOnly((4L * TASK_PAIRS + taskLengths) * LAST);
    }
  }

  @Test
  void shrinking_read_hasTheSettingsOfItsBlock() {
    assertThat(variant().shrink()).isEmpty();
    assertThat(variant("method.name=mtlora-shrinking").shrink()).contains(RankShrinking.USUAL);
    assertThat(variant("method.shrink={share: 0.5, from: 0, until: 7, every: 9}").shrink())
        .contains(new RankShrinking(0.5, 0.9, 0, 7, 9));
    assertThatThrownBy(() -> variant("method.shrink={share: 2}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("method.shrink.share must be above 0 and at most 1 but is 2.0");
  }

  private static Variant variant(String... overrides) {
    return ((MtLora) read(overrides).method()).variant();
  }

  @Test
  void ranks_byPattern_areThoseOfTheLayersTheyMatch() {
    ParameterReport patterns =
        count("method.ranks={'stage3.*.qkv': 32, 'stage*.block-last.proj/depth': 5}");
    assertThat(patterns.loraShared())
        .isEqualTo(8L * PAIRS * BLOCKS + (32 - 8) * 4 * (4 * 128)); // 4 blocks of c = 128
    assertThat(patterns.loraTasks())
        .containsEntry("semseg", 2L * TASK_PAIRS * LAST)
        .containsEntry("depth", 2L * TASK_PAIRS * LAST + (5 - 2) * 2 * LAST);
  }

  @Test
  void ranks_patternOfRankZero_leavesTheLayerWithoutMatrices() {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model =
          Assembly.of(read("method.ranks={'stage1.block1.fc1': 0, '*.*.fc2/*': 0}"))
              .untrainedModel();
      assertThat(model.parameters())
          .containsKey("backbone.layers.0.blocks.0.mlp.fc1.weight")
          .containsKey("backbone.layers.0.blocks.1.mlp.fc1.lora_shared_A");
      assertThat(model.state().get("backbone.layers.0.blocks.1.mlp.fc2.lora_tasks_A.depth").shape())
          .containsExactly(0, 128);
    }
  }

  @Test
  void ranks_patternThatMatchesNothing_isAConfigurationError() {
    assertThatThrownBy(() -> read("method.ranks={'stage3.*.qvk': 32}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("method.ranks: 'stage3.*.qvk' matches no matrices")
        .hasMessageContaining("stage3.block4=block-last.[qkv, proj, fc1, fc2]")
        .hasMessageContaining("[semseg, depth]");
    assertThatThrownBy(() -> read("method.ranks={'*.*.qkv': many}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("method.ranks.*.*.qkv must be a whole number but is: \"many\"");
  }

  @Test
  void ranks_byPattern_surviveTheConfigurationsCopyInTheirOrder() {
    RunSpec config = read("method.ranks={'stage3.*.*': 32, '*.*.qkv': 4}");
    RunSpec copy =
        RunSpec.parse(new RunSpec.Source("copy", Path.of(".")), config.json(), List.of());
    assertThat(((MtLora) copy.method()).variant().ranks().keySet())
        .containsExactly("stage3.*.*", "*.*.qkv");
  }
}
