package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.model.ParameterReport;
import dev.mtlora.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published parameter counts, integer by integer: PASCAL with four tasks, 448 px. */
class ParameterCountTest {
  private static final Path CONFIGS = Path.of("..", "configs");
  private static final long OTHER = 1_599_546;

  private static ParameterReport count(String config, String... overrides) {
    RunSpec read = RunSpec.read(CONFIGS.resolve(config + ".yaml"), List.of(overrides));
    try (Scope scope = Scope.open()) {
      return ParameterReport.of(Assembly.of(read).untrainedModel());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mtlora_swin_tiny_448_r16,            30871418,  4953146,  1406976,  1946624, 1599546",
    "mtlora_swin_tiny_448_r32,            32001914,  6083642,  2537472,  1946624, 1599546",
    "mtlora_swin_tiny_448_r64,            34262906,  8344634,  4798464,  1946624, 1599546",
    "mtlora_plus_swin_tiny_448_r16,       30935930,  3469370,  1471488,  1946624, 51258",
    "mtlora_plus_swin_tiny_448_r32,       32130938,  4664378,  2666496,  1946624, 51258",
    "mtlora_plus_swin_tiny_448_r64,       34520954,  7054394,  5056512,  1946624, 51258",
    "mtlora_plus_swin_tiny_448_r4_task4,  30039674,  2573114,  575232,   1946624, 51258",
    "mtlora_plus_swin_tiny_448_r8_task8,  30614906,  3148346,  1150464,  1946624, 51258",
    "mtlora_plus_swin_tiny_448_r16_task16,31765370,  4298810,  2300928,  1946624, 51258",
    "full_swin_tiny_448,                  29464442,  29464442, 0,        1946624, 27517818",
    "frozen_swin_tiny_448,                29464442,  1946624,  0,        1946624, 0",
    "mtlora_swin_small_448_r64,           60299402,  13105994, 9517056,  1946624, 1642314",
    "mtlora_swin_base_448_r64,            101621432, 17758136, 12689408, 2190848, 2877880",
    "mtlora_swin_large_448_r64,           216705812, 28094612, 19034112, 2679296, 6381204",
    "mtlora_swin_tiny_448_r64_segformer,  34396602,  8478330,  4798464,  2080320, 1599546",
    "mtlora_swin_tiny_448_r64_up,         33230042,  7311770,  4798464,  913760,  1599546",
    "mtlora_swin_tiny_448_r64_aspp,       44759450,  18841178, 4798464,  12443168,1599546",
  })
  void shippedConfig_counted_hasThePublishedNumbers(
      String config, long total, long trainable, long lora, long decoders, long other) {
    ParameterReport report = count(config);
    assertThat(report.total()).as("total").isEqualTo(total);
    assertThat(report.trainable()).as("trainable").isEqualTo(trainable);
    assertThat(report.lora()).as("LoRA").isEqualTo(lora);
    assertThat(report.decoders()).as("necks and decoders").isEqualTo(decoders);
    assertThat(report.other()).as("other trainable").isEqualTo(other);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method.trained.biases=true                                           | 8384378",
        "method.trainSharedScale=true                                         | 8344682",
        "method.mode=addition                                                 | 7255994",
        "method.mode=lora_only                                                | 8068154",
        "method.slots=[proj, fc1, fc2]                                        | 7214138",
        "method.slots=[qkv, fc1, fc2]                                         | 7733306",
        "method.slots=[qkv, proj, fc2]                                        | 6816314",
        "method.slots=[qkv, proj, fc1]                                        | 6816314",
        "method.trained.reductions=false                                      | 6796346",
        "tasks={semseg: {classes: 40}, normals: {}, depth: {}, edge: {}}      | 8358687",
        "tasks.edge={}                                                        | 8892843",
      })
  void tinyR64_oneSettingChanged_hasThePublishedTrainableCount(String override, long trainable) {
    boolean tasksReplaced = override.startsWith("tasks=");
    String[] overrides =
        tasksReplaced ? new String[] {override, "singleTask={}"} : new String[] {override};
    assertThat(count("mtlora_swin_tiny_448_r64", overrides).trainable()).isEqualTo(trainable);
  }

  /** Shared adapters by rank, those of a task, necks and decoders, and what trains besides. */
  @ParameterizedTest
  @CsvSource({
    "swinv2-tiny,   70656,  17280, 1946624, 1662762", // 89226 of them for positions
    "swinv2-small,  144384, 17280, 1946624, 1773498", // 181530
    "swinv2-base,   192512, 23040, 2190848, 3040504", // 229752
    "convnext-tiny, 66240, 14400, 1801472, 1569120",
    "convnext-base, 180480, 19200, 1997312, 2798720",
  })
  void otherBackbone_counted_hasTheNumbersOfItsFormula(
      String backbone, long shared, long task, long decoders, long other) {
    for (int rank : new int[] {16, 64}) {
      ParameterReport report =
          count(
              "mtlora_swin_tiny_448_r64",
              "model={backbone: " + backbone + "}",
              "method.rank=" + rank);
      assertThat(report.loraShared()).as("shared LoRA").isEqualTo(shared * rank);
      assertThat(report.lora()).as("LoRA").isEqualTo(shared * rank + 4 * 4 * task);
      assertThat(report.decoders()).as("necks and decoders").isEqualTo(decoders);
      assertThat(report.other()).as("other trainable").isEqualTo(other);
    }
  }

  @ParameterizedTest
  @CsvSource({"semseg", "normals", "sal", "human_parts"})
  void tinyR64_countedByOwner_splitsTheAdaptersEvenly(String task) {
    ParameterReport report = count("mtlora_swin_tiny_448_r64");
    assertThat(report.loraTasks()).containsEntry(task, 69_120L);
    assertThat(report.loraShared() + 4 * 69_120L).isEqualTo(report.lora());
    assertThat(report.other()).isEqualTo(OTHER);
  }
}
