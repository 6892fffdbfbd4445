package dev.mtlora.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Means, deviations and bounds of what parameters start from. */
class InitTest {
  private static final int COUNT = 40_000;

  private static double deviation(Tensor values) {
    double mean = values.mean().item();
    return Math.sqrt(values.plus(-mean).square().mean().item());
  }

  @Property(tries = 10)
  void truncatedNormal_manyValues_haveDeviationTwoHundredths(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Tensor values = Init.truncatedNormal(new Rng(seed), 200, COUNT / 200);
      assertThat(values.mean().item())
          .as("seed %d", seed)
          .isCloseTo(0, within(6 * 0.02 / Math.sqrt(COUNT)));
      assertThat(deviation(values))
          .as("seed %d", seed)
          .isCloseTo(0.02, within(6 * 0.02 / Math.sqrt(2.0 * COUNT)));
      double outside = values.abs().gt(0.04).sum().item() / COUNT; // beyond two deviations: 4.55 %
      assertThat(outside).as("a normal, seed %d", seed).isCloseTo(0.0455, within(0.007));
    }
  }

  @Property(tries = 10)
  void kaimingUniform_anyFanIn_isUniformWithinItsBound(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      int kernel = 1 + rng.below(3);
      int in = 1 + rng.below(20);
      double bound = 1 / Math.sqrt(in * kernel * kernel);
      int out = COUNT / (in * kernel * kernel);
      assertUniform("seed " + seed, Init.kaimingUniform(rng, out, in, kernel, kernel), bound);
      assertUniform("seed " + seed, Init.bias(rng, in * kernel * kernel, COUNT), bound);
    }
  }

  @Test
  void fanOutNormal_ofAConvolution_hasTheDeviationOfItsOutputs() {
    try (Scope scope = Scope.inference()) {
      Conv2d dense = Conv2d.fanOut(new Rng(1), Conv2d.Shape.threeByThree(40, 50, 1));
      assertThat(deviation(dense.state().get("weight")))
          .isCloseTo(Math.sqrt(2.0 / (9 * 50)), within(0.002));
      Conv2d alone = Conv2d.fanOut(new Rng(1), Conv2d.Shape.depthwise(2_000, 3));
      assertThat(deviation(alone.state().get("weight")))
          .isCloseTo(Math.sqrt(2.0 / 9), within(0.015));
      assertThat(dense.state().get("bias").abs().sum().item()).isZero();
    }
  }

  private static void assertUniform(String what, Tensor values, double bound) {
    double inside = 6 * bound / Math.sqrt(values.count());
    assertThat(values.abs().gt(bound * (1 + 1e-6)).sum().item()).as(what).isZero();
    assertThat(values.abs().gt(0.99 * bound).sum().item()).as(what).isPositive();
    assertThat(values.mean().item()).as(what).isCloseTo(0, within(inside));
    assertThat(deviation(values)).as(what).isCloseTo(bound / Math.sqrt(3), within(inside));
  }

  /** A level without channels has no values either, and no bound that is not a number. */
  @Test
  void bias_ofNoInputs_isZero() {
    try (Scope scope = Scope.inference()) {
      assertThat(Init.bias(new Rng(1), 0, 3).toFloats()).containsOnly(0);
      assertThat(Init.ones(2, 3).toFloats()).hasSize(6).containsOnly(1);
    }
  }

  @Test
  void values_ofOneSeed_areTheSame() {
    try (Scope scope = Scope.inference()) {
      float[] first = Init.kaimingUniform(new Rng(1), 3, 4).toFloats();
      assertThat(Init.kaimingUniform(new Rng(1), 3, 4).toFloats()).isEqualTo(first);
      assertThat(Init.kaimingUniform(new Rng(2), 3, 4).toFloats()).isNotEqualTo(first);
    }
  }
}
