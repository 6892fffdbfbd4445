package dev.mtlora.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.peft.MtLora;
import dev.mtlora.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

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

  private static RunConfig read(String... overrides) {
    return RunConfig.parse(new RunConfig.Source("micro", Path.of(".")), MICRO, List.of(overrides));
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
    assertThat(count("method.plus=true").loraShared()).isEqualTo(plain.loraShared() + reductions);
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
      assertThat(
              model
                  .parameters()
                  .get("backbone.layers.0.blocks.1.mlp.fc2.lora_tasks_A.depth")
                  .shape())
          .containsExactly(0, 128);
    }
  }

  @Test
  void ranks_patternThatMatchesNothing_isAConfigurationError() {
    Assembly assembly = Assembly.of(read("method.ranks={'stage3.*.qvk': 32}"));
    try (Scope scope = Scope.inference()) {
      assertThatThrownBy(assembly::untrainedModel)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("mtlora.ranks: 'stage3.*.qvk' matches no matrices")
          .hasMessageContaining("stage3.block4=block-last.[qkv, proj, fc1, fc2]")
          .hasMessageContaining("[semseg, depth]");
    }
    assertThatThrownBy(() -> read("method.ranks={'*.*.qkv': many}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("method.ranks.*.*.qkv must be a whole number but is: \"many\"");
  }

  @Test
  void ranks_byPattern_surviveTheConfigurationsCopyInTheirOrder() {
    RunConfig config = read("method.ranks={'stage3.*.*': 32, '*.*.qkv': 4}");
    RunConfig copy =
        RunConfig.parse(new RunConfig.Source("copy", Path.of(".")), config.json(), List.of());
    assertThat(((MtLora) copy.method()).variant().ranks().byPattern().keySet())
        .containsExactly("stage3.*.*", "*.*.qkv");
  }
}
