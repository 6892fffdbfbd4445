package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The optimiser against its formula, computed in double. */
class AdamWTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0.05);
  private static final double RATE = 0.01;

  @Test
  void step_manyUpdatesOneParameterLater_equalsTheFormula() {
    try (Scope scope = Scope.open()) {
      Tensor first = Tensor.of(new float[] {1f, -2f, 0.5f}, 3).requiresGrad(true);
      Tensor late = Tensor.of(new float[] {3f, 0f}, 2).requiresGrad(true);
      Tensor empty = Tensor.zeros(0, 4).requiresGrad(true);
      AdamW optimizer = optimizer(Map.of("first", first, "late.bias", late, "empty", empty));
      Formula firstFormula = new Formula(first, 0.05);
      Formula lateFormula = new Formula(late, 0);
      Rng rng = new Rng(1);
      for (int step = 0; step < 20; step++) {
        optimizer.clearGrads();
        first.grad(firstFormula.next(Tensor.randn(rng, 3)));
        empty.grad(Tensor.zeros(0, 4));
        if (step >= 5) {
          late.grad(lateFormula.next(Tensor.randn(rng, 2)));
        }
        optimizer.step(RATE);
      }
      firstFormula.assertEquals(first);
      lateFormula.assertEquals(late);
      assertThat(optimizer.steps()).containsEntry("first", 20L).containsEntry("late.bias", 15L);
    }
  }

  @Test
  void step_noGradient_leavesTheParameterAlone() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensor.full(3, 2).requiresGrad(true);
      AdamW optimizer = optimizer(Map.of("w", w));
      optimizer.step(RATE);
      assertThat(w.toFloats()).containsExactly(3, 3);
      assertThat(optimizer.steps()).containsEntry("w", 0L);
    }
  }

  @Test
  void step_gradientThatLiesTransposedInMemory_equalsTheFormula() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensor.randn(new Rng(1), 5, 7).requiresGrad(true);
      AdamW optimizer = optimizer(Map.of("w", w));
      Formula formula = new Formula(w, 0.05);
      Tensor gradient = Tensor.randn(new Rng(2), 7, 5).transpose(0, 1);
      w.grad(formula.next(gradient));
      optimizer.step(RATE);
      formula.assertEquals(w);
    }
  }

  @Test
  void step_shapeChangedBehindItsBack_isRefusedByName() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensor.zeros(4).requiresGrad(true);
      AdamW optimizer = optimizer(Map.of("w", w));
      w.zeroInPlace(4096);
      w.grad(Tensor.zeros(4096));
      assertThatThrownBy(() -> optimizer.step(RATE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("w has the shape [4096]")
          .hasMessageContaining("[4]: call followShapes");
      optimizer.followShapes();
      optimizer.step(RATE);
    }
  }

  @Test
  void gradNorm_aMillionValues_isExact() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensor.zeros(1024, 1024).requiresGrad(true);
      Tensor gradient = Tensor.randn(new Rng(1), 1024, 1024);
      w.grad(gradient);
      double exact = Math.sqrt(gradient.to(DType.F64).square().sum().item());
      assertThat(optimizer(Map.of("w", w)).gradNorm()).isCloseTo(exact, within(1e-6 * exact));
    }
  }

  @Test
  void clipGradNorm_longGradients_shortensAllByTheSameFactor() {
    try (Scope scope = Scope.open()) {
      Tensor a = Tensor.zeros(1).requiresGrad(true);
      Tensor b = Tensor.zeros(1).requiresGrad(true);
      a.grad(Tensor.full(3, 1));
      b.grad(Tensor.full(4, 1));
      assertThat(optimizer(Map.of("a", a, "b", b)).clipGradNorm(1)).isEqualTo(5);
      assertThat(a.grad().orElseThrow().item()).isCloseTo(0.6, within(1e-6));
      assertThat(b.grad().orElseThrow().item()).isCloseTo(0.8, within(1e-6));
    }
  }

  @Test
  void clipGradNorm_gradientIsNotANumber_saysSoAndLeavesOthersAlone() {
    try (Scope scope = Scope.open()) {
      Tensor a = Tensor.zeros(1).requiresGrad(true);
      Tensor b = Tensor.zeros(1).requiresGrad(true);
      a.grad(Tensor.full(Double.NaN, 1));
      b.grad(Tensor.full(4, 1));
      AdamW optimizer = optimizer(Map.of("a", a, "b", b));
      assertThat(optimizer.clipGradNorm(1)).isNaN();
      assertThat(b.grad().orElseThrow().item()).isEqualTo(4);
      assertThat(optimizer.nonFiniteGrad()).contains("a");
    }
  }

  private static AdamW optimizer(Map<String, Tensor> parameters) {
    return new AdamW(new LinkedHashMap<>(parameters), name -> !name.endsWith("bias"), SETTINGS);
  }

  /** The paper's algorithm 2, value by value. */
  private static final class Formula {
    private final double decay;
    private final double[] w;
    private final double[] m;
    private final double[] v;
    private int steps;

    Formula(Tensor start, double decay) {
      this.decay = decay;
      w = start.to(DType.F64).toDoubles();
      m = new double[w.length];
      v = new double[w.length];
    }

    /** Makes a step with a gradient, and returns it. */
    Tensor next(Tensor gradient) {
      double[] g = gradient.to(DType.F64).toDoubles();
      steps++;
      for (int i = 0; i < w.length; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
        double mean = m[i] / (1 - Math.pow(0.9, steps));
        double square = v[i] / (1 - Math.pow(0.999, steps));
        w[i] -= RATE * (mean / (Math.sqrt(square) + 1e-8) + decay * w[i]);
      }
      return gradient;
    }

    void assertEquals(Tensor parameter) {
      assertThat(parameter.to(DType.F64).toDoubles()).containsExactly(w, within(2e-6));
    }
  }
}
