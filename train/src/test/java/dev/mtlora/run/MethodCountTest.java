package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.model.ParameterReport;
import dev.mtlora.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * What each method of {@code configs/methods} trains in swin-micro, against formulas worked out by
 * hand: stages of 2, 2, 4, 2 blocks and 32, 64, 128, 256 channels.
 */
class MethodCountTest {
  private static final long[] WIDTHS = {32, 64, 128, 256};
  private static final int[] DEPTHS = {2, 2, 4, 2};
  private static final List<String> TASKS = List.of("semseg", "human_parts", "sal", "normals");

  /**
   * Scale and shift of a norm: two a block, one of 4 C in three mergings, one behind the patches.
   */
  private static final long NORMS = 2 * (blocks(c -> 2 * c) + 4 * (32 + 64 + 128) + 32);

  private static long blocks(LongUnaryOperator ofBlock) {
    long sum = 0;
    for (int s = 0; s < WIDTHS.length; s++) {
      sum += DEPTHS[s] * ofBlock.applyAsLong(WIDTHS[s]);
    }
    return sum;
  }

  private static ParameterReport count(String method) {
    Path path = Path.of("..", "configs", "methods", method + ".yaml");
    try (Scope scope = Scope.open()) {
      return ParameterReport.of(Assembly.of(RunSpec.read(path, List.of())).untrainedModel());
    }
  }

  private static void assertCounts(String method, long shared, long perTask, long other) {
    ParameterReport report = count(method);
    assertThat(report.loraShared()).as("%s, shared", method).isEqualTo(shared);
    assertThat(report.loraTasks().keySet()).containsExactlyElementsOf(TASKS);
    assertThat(report.loraTasks().values()).as("%s, of each task", method).containsOnly(perTask);
    assertThat(report.other()).as("%s, other", method).isEqualTo(other);
    assertThat(report.trainable())
        .isEqualTo(shared + TASKS.size() * perTask + other + report.decoders());
  }

  @Test
  void bitfit_counted_hasTheBiases() {
    // qkv 3 C, proj C, fc1 4 C, fc2 C; half of the norms; the patches' 32
    assertCounts("bitfit", 0, 0, blocks(c -> 9 * c) + NORMS / 2 + 32);
  }

  @Test
  void adapters_counted_haveTwoThinLayersAPlace() {
    // m = C / 4; two places a block; D has C m + m, U has m C + C
    long down = blocks(c -> 2 * (c * c / 4 + c / 4));
    long up = blocks(c -> 2 * (c / 4 * c + c));
    assertCounts("adapter", down + up, 0, NORMS);
    assertCounts("vl-adapter", down, up, NORMS);
    assertCounts("adapter-per-task", 0, down + up, NORMS);
  }

  @Test
  void lora_counted_hasInPlusOutTimesRank() {
    // qkv C + 3 C, proj C + C, fc1 C + 4 C, fc2 4 C + C
    assertCounts("lora", blocks(c -> 16 * (4 + 2 + 5 + 5) * c), 0, 0);
    assertCounts("lora-per-task", 0, blocks(c -> 4 * (4 + 2 + 5 + 5) * c), 0);
  }

  @Test
  void compacter_counted_hasFactorsAndOneSetOfSlowWeights() {
    // n = 4, m = C / 8: s and t of D have m + C, those of U C + m; biases m and C; slow weights 4^3
    LongUnaryOperator place = c -> 2 * (c + c / 8) + c / 8 + c;
    assertCounts("compacter", blocks(c -> 2 * place.applyAsLong(c)) + 64, 0, NORMS);
    assertCounts("compacter++", blocks(place) + 64, 0, NORMS);
  }

  @Test
  void vpt_counted_hasTenTokensInFrontOfOneBlockOrEach() {
    assertCounts("vpt-shallow", 10 * 32, 0, 0);
    assertCounts("vpt-deep", blocks(c -> 10 * c), 0, 0);
  }

  @Test
  void hyperformer_counted_hasOneSetOfNetworksAStage() {
    // t = 16, m = C / 16; D and U C m each, d m, u, scale and shift C each
    long networks = 0;
    for (long c : WIDTHS) {
      networks += 16 * (2 * c * c / 16 + c / 16 + 3 * c);
    }
    // ten layers, two places, two linear layers: 3 t to t, t to t
    long source = 10 * 16 + 2 * 16 + (3 * 16 + 1) * 16 + (16 + 1) * 16;
    assertCounts("hyperformer++", networks + source, 16, NORMS);
  }

  @Test
  void polyhistor_counted_hasFactorsEverywhereOrTemplatesAndKernels() {
    // k = 8, r = 2, m = C / 4; D and U k r (m + C) each
    LongUnaryOperator pair = c -> 2 * 8 * 2 * (c / 4 + c);
    assertCounts("polyhistor", blocks(c -> 2 * pair.applyAsLong(c)), 8, NORMS);
    // two templates for C = 32; two kernels of (C / 32)^2 in each of two places
    long kernels = blocks(c -> 2 * 2 * (c / 32) * (c / 32));
    assertCounts("polyhistor-lite", 2 * pair.applyAsLong(32) + kernels, 8, NORMS);
  }

  @Test
  void plainMethods_counted_trainAllOrNothing() {
    ParameterReport frozen = count("frozen");
    ParameterReport full = count("full");
    ParameterReport single = count("single");
    long backbone = full.total() - full.decoders();
    assertThat(frozen.trainable()).isEqualTo(frozen.decoders()).isEqualTo(full.decoders());
    assertThat(full.trainable()).isEqualTo(full.total()).isEqualTo(frozen.total());
    assertThat(single.trainable())
        .isEqualTo(single.total())
        .isEqualTo(backbone + single.decoders());
    assertThat(single.decoders()).isLessThan(full.decoders());
  }
}
