package dev.mtlora.train.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalanceTest {
  private static final List<String> TASKS = List.of("a", "b");
  private static final Rng ANY = new Rng(1);

  private static Supplier<Map<String, Double>> none() {
    return () -> {
      throw new IllegalStateException("nobody needs these losses");
    };
  }

  private static void learn(Balancer balancer, double a, double b, boolean endsEpoch) {
    balancer.learn(new Balancer.Made(Map.of("a", a, "b", b), none(), endsEpoch));
  }

  @Test
  void fixed_anyLosses_leavesThemAlone() {
    Balancer fixed = new FixedWeights().start(TASKS);
    learn(fixed, 1, 2, true);
    assertThat(fixed.factors(none())).isEmpty();
    assertThat(new FixedWeights().separatesTasks()).isFalse();
    assertThat(fixed.state()).isEmpty();
  }

  /** The minimum of exp(-s) loss + s / 2 over s is where exp(-s) = 1 / (2 loss). */
  @Test
  void uncertainty_steadyLosses_endsAtTheMinimum() {
    try (Scope scope = Scope.open()) {
      Balancer balancer = new Uncertainty(0.05).start(TASKS);
      assertThat(balancer.factors(none())).containsEntry("a", 1.0).containsEntry("b", 1.0);
      for (int i = 0; i < 400; i++) {
        learn(balancer, 0.2, 3, false);
      }
      assertThat(balancer.factors(none()).get("a")).isCloseTo(1 / 0.4, within(1e-3));
      assertThat(balancer.factors(none()).get("b")).isCloseTo(1 / 6.0, within(1e-3));
    }
  }

  @Test
  void uncertainty_taskWithoutALoss_keepsItsFactor() {
    try (Scope scope = Scope.open()) {
      Balancer balancer = new Uncertainty(0.05).start(TASKS);
      balancer.learn(new Balancer.Made(Map.of("a", 3.0), none(), false));
      assertThat(balancer.factors(none()).get("a")).isCloseTo(Math.exp(-0.05), within(1e-6));
      assertThat(balancer.factors(none())).containsEntry("b", 1.0);
    }
  }

  /** Mean losses 4, 2 and then 2, 2: ratios 1/2 and 1, by hand with T = 2. */
  @Test
  void dwa_twoEpochs_weighsByTheRatioOfMeans() {
    try (Scope scope = Scope.open()) {
      Balancer balancer = new Dwa(2).start(TASKS);
      learn(balancer, 3, 2, false);
      learn(balancer, 5, 2, true);
      assertThat(balancer.factors(none())).containsEntry("a", 1.0).containsEntry("b", 1.0);
      learn(balancer, 2, 1, false);
      learn(balancer, 2, 3, true);
      double a = Math.exp(0.25);
      double b = Math.exp(0.5);
      assertThat(balancer.factors(none()).get("a")).isCloseTo(2 * a / (a + b), within(1e-12));
      assertThat(balancer.factors(none()).get("b")).isCloseTo(2 * b / (a + b), within(1e-12));
      learn(balancer, 9, 9, false);
      assertThat(balancer.factors(none()).get("a")).isCloseTo(2 * a / (a + b), within(1e-12));
    }
  }

  /** Without alpha all weighted lengths become equal: weights as the inverse lengths. */
  @Test
  void gradNorm_steadyGradients_endsAtEqualLengths() {
    try (Scope scope = Scope.open()) {
      Balancer balancer = new GradNorm(0, 0.01).start(TASKS);
      for (int i = 0; i < 400; i++) {
        gradNormStep(balancer, 3, 1, 1, 1);
      }
      assertThat(balancer.factors(none()).get("a")).isCloseTo(0.5, within(0.02));
      assertThat(balancer.factors(none()).get("b")).isCloseTo(1.5, within(0.02));
    }
  }

  /**
   * Losses fall to 1/4 and 3/4: r is 1/2 and 3/2, and with alpha 2 the lengths wanted are a quarter
   * and nine quarters of their mean, 1. Which side of it a's length is on decides whether its
   * weight falls as b's grows, or grows with it, which the sum of weights undoes.
   */
  @ParameterizedTest
  @CsvSource({"0.26, 0.925586", "0.24, 1"})
  void gradNorm_lengthBesideItsTarget_isPulledToIt(double length, double weight) {
    try (Scope scope = Scope.open()) {
      Balancer balancer = new GradNorm(2, 0.1).start(TASKS);
      gradNormStep(balancer, 1, 1, 8, 8); // of equal lengths: nothing to learn
      assertThat(balancer.factors(none()).get("a")).isCloseTo(1, within(1e-12));
      gradNormStep(balancer, length, 2 - length, 2, 6);
      assertThat(balancer.factors(none()).get("a")).isCloseTo(weight, within(2e-6));
      assertThat(balancer.factors(none()).get("b")).isCloseTo(2 - weight, within(2e-6));
    }
  }

  /**
   * Lengths 3, 1: gradients G / w = 3, -1; Adam's first step takes the weights to 0.9, 1.1. Lengths
   * 1, 2 times these, losses as above: 0.9 is above its target 0.3875, and 2.2 below 3.4875:
   * gradients 1, -2.
   */
  @Test
  void gradNorm_twoSteps_areAlgorithmOneByHand() {
    try (Scope scope = Scope.open()) {
      Balancer balancer = new GradNorm(2, 0.1).start(TASKS);
      gradNormStep(balancer, 3, 1, 8, 8);
      assertThat(balancer.factors(none()).get("a")).isCloseTo(0.9, within(1e-6));
      gradNormStep(balancer, 1, 2, 2, 6);
      assertThat(balancer.factors(none()).get("a")).isCloseTo(0.809086, within(2e-6));
      assertThat(balancer.factors(none()).get("b")).isCloseTo(1.190914, within(2e-6));
    }
  }

  /** Lengths are those of the unweighted gradients. */
  private static void gradNormStep(
      Balancer balancer, double a, double b, double lossA, double lossB) {
    double ga = a * balancer.factors(none()).get("a");
    double gb = b * balancer.factors(none()).get("b");
    double[][] products = {{ga * ga, 0}, {0, gb * gb}};
    assertThat(balancer.shares(new GradientProducts(TASKS, products), ANY)).isEmpty();
    learn(balancer, lossA, lossB, false);
  }

  /** z is 1/2 for both: factors as 1 / loss, with sum 1. */
  @Test
  void famo_start_dividesByTheLosses() {
    try (Scope scope = Scope.open()) {
      Balancer balancer = new Famo(0.01, 0.025).start(TASKS);
      Map<String, Double> factors = balancer.factors(() -> Map.of("a", 3.0, "b", 1.0));
      assertThat(factors.get("a")).isCloseTo(0.25, within(1e-7));
      assertThat(factors.get("b")).isCloseTo(0.75, within(1e-7));
    }
  }

  /**
   * Two steps at rate 1/2 with gamma 0.1, by hand. Gains ln 2, 0.2231, -0.2231 at z = 1/3: gradient
   * 0.1540, -0.0026, -0.1514, and Adam's first step is the rate, so that z becomes 0.1554, 0.4223,
   * 0.4223. Gains 0.1054, 0.9163, 0.2231: mean 0.4976, z (gain - mean) + 0.1 xi is -0.1109, 0.2268,
   * -0.0659; Adam takes xi from -0.5, 0.5, 0.5 to -0.5543, 0.1318, 0.9557.
   */
  @Test
  void famo_twoSteps_areAlgorithmOneByHand() {
    try (Scope scope = Scope.open()) {
      Balancer balancer = new Famo(0.1, 0.5).start(List.of("a", "b", "c"));
      Map<String, Double> before = Map.of("a", 1.0, "b", 1.0, "c", 1.0);
      Map<String, Double> first = Map.of("a", 0.5, "b", 0.8, "c", 1.25);
      Map<String, Double> second = Map.of("a", 0.9, "b", 0.4, "c", 0.8);
      balancer.learn(new Balancer.Made(before, () -> first, false));
      balancer.learn(new Balancer.Made(before, () -> second, false));
      Map<String, Double> z = balancer.factors(() -> before); // as all losses are 1
      assertThat(z.get("a")).isCloseTo(0.133105, within(2e-6));
      assertThat(z.get("b")).isCloseTo(0.264353, within(2e-6));
      assertThat(z.get("c")).isCloseTo(0.602543, within(2e-6));
    }
  }

  @Test
  void settings_outOfRange_areRefused() {
    assertThatThrownBy(() -> new Dwa(0))
        .hasMessageContaining("temperature")
        .hasMessageContaining("0");
    assertThatThrownBy(() -> new Uncertainty(Double.NaN)).hasMessageContaining("rate");
    assertThatThrownBy(() -> new GradNorm(-1, 0.1)).hasMessageContaining("alpha");
    assertThatThrownBy(() -> new Famo(0.1, -1)).hasMessageContaining("rate");
    assertThatThrownBy(() -> new Famo(-0.1, 1)).hasMessageContaining("gamma");
  }
}
