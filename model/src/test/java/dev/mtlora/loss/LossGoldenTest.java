package dev.mtlora.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import java.util.function.BinaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values and gradients of the reference implementation, f32 on the CPU, with its own tolerances.
 *
 * <p>Not compared, because these losses are no options here: balanced.void, balanced.batch_average,
 * binary, binary.void (other ways to weigh and divide, and a mask of void pixels), normals.l2 and
 * normals.not_normalized. Where everything is ignored the reference gives NaN for classes and
 * depth; ours gives 0, which is compared with 0.
 */
class LossGoldenTest {
  private static final GoldenFile GOLDEN =
      GoldenFile.open(GoldenFile.resource("golden/losses/losses.safetensors"));
  private static final JsonNode NUMBERS = GoldenFile.json("golden/losses/case.json");

  @ParameterizedTest
  @CsvSource({
    "semseg, CLASSES",
    "semseg40, CLASSES",
    "human_parts, CLASSES",
    "normals, NORMALS",
    "normals.zero_pred, NORMALS",
    "sal, BALANCED",
    "sal.no_positive, BALANCED",
    "sal.large_logits, BALANCED",
    "sal.with_255, BALANCED_REFERENCE",
    "edge, EDGE",
    "depth, DEPTH"
  })
  void loss_ofAGoldenCase_hasItsValueAndGradient(String name, Loss loss) {
    double value = NUMBERS.at("/values").get(name).get("value").asDouble();
    double relative = NUMBERS.at("/tolerance/value_rel").asDouble();
    try (Scope scope = Scope.open()) {
      Result result = run(name, loss);
      assertThat(result.value).isCloseTo(value, within(relative * Math.abs(value)));
      assertGradient(result.gradient, GOLDEN.tensor(name + ".grad").toFloats());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"semseg:CLASSES", "normals:NORMALS", "depth:DEPTH"})
  void loss_ofAnIgnoredGoldenCase_isZeroWithZeroGradient(String nameAndLoss) {
    String[] parts = nameAndLoss.split(":");
    try (Scope scope = Scope.open()) {
      Result result = run(parts[0] + ".all_ignored", Loss.valueOf(parts[1]));
      assertThat(result.value).isZero();
      assertThat(result.gradient).containsOnly(0f);
    }
  }

  private record Result(double value, float[] gradient) {}

  private static Result run(String name, Loss loss) {
    Tensor logits = GOLDEN.tensor(name + ".pred").requiresGrad(true);
    Tensor value = loss.function.apply(logits, GOLDEN.tensor(name + ".target"));
    value.backward();
    return new Result(value.item(), logits.grad().orElseThrow().toFloats());
  }

  /** Within grad_abs everywhere, or within grad_rel_l2 of the whole (case zero_pred: up to 6e8). */
  private static void assertGradient(float[] actual, float[] expected) {
    double worst = 0;
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      double d = actual[i] - (double) expected[i];
      worst = Math.max(worst, Math.abs(d));
      difference += d * d;
      length += (double) expected[i] * expected[i];
    }
    double relative = length == 0 ? 0 : Math.sqrt(difference / length);
    double scale = Math.max(1, Math.sqrt(length / expected.length));
    assertThat(relative).isLessThanOrEqualTo(NUMBERS.at("/tolerance/grad_rel_l2").asDouble());
    assertThat(worst).isLessThanOrEqualTo(NUMBERS.at("/tolerance/grad_abs").asDouble() * scale);
  }

  enum Loss {
    CLASSES(CrossEntropy::of),
    NORMALS(L1::ofUnit),
    BALANCED(BinaryCrossEntropy::balanced),
    BALANCED_REFERENCE((x, t) -> BinaryCrossEntropy.balanced(x, Labels.ignoredAsPositive(t))),
    EDGE((x, t) -> BinaryCrossEntropy.weighted(x, t, 0.95)),
    DEPTH(L1::of);

    final BinaryOperator<Tensor> function;

    Loss(BinaryOperator<Tensor> function) {
      this.function = function;
    }
  }
}
