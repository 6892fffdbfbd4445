package dev.mtlora.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LinearTest {
  private static Linear random(Rng rng, int in, int out, boolean bias) {
    Linear linear = Linear.truncatedNormal(rng, in, out, bias);
    linear.state().values().forEach(t -> t.assignInPlace(Tensor.randn(rng, t.shape())));
    return linear;
  }

  private static double[] expected(Linear linear, double[] x, double[] update) {
    int in = (int) linear.in();
    int out = (int) linear.out();
    double[] weight = linear.weight().toDoubles();
    Tensor bias = linear.bias();
    double[] shift = bias == null ? new double[out] : bias.toDoubles();
    double[] y = new double[x.length / in * out];
    for (int i = 0; i < y.length; i++) {
      y[i] = shift[i % out];
      for (int c = 0; c < in; c++) {
        int tap = i % out * in + c;
        y[i] += (weight[tap] + update[tap]) * x[i / out * in + c];
      }
    }
    return y;
  }

  private static void assertClose(String what, Tensor actual, double[] expected) {
    double[] values = actual.toDoubles();
    assertThat(values).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).as(what).isCloseTo(expected[i], within(3e-5));
    }
  }

  @Property(tries = 25)
  void forward_anyShape_isTheFormulaWithAndWithoutAnUpdate(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      int in = 1 + rng.below(6);
      int out = 1 + rng.below(6);
      Linear linear = random(rng, in, out, rng.chance(0.5));
      Tensor x = Tensor.randn(rng, 2, 3, in);
      Tensor update = Tensor.randn(rng, out, in);
      String what = "seed " + seed;
      Tensor y = linear.forward(x);
      assertThat(y.shape()).containsExactly(2, 3, out);
      assertClose(what, y, expected(linear, x.toDoubles(), new double[in * out]));
      double[] updated = expected(linear, x.toDoubles(), update.toDoubles());
      assertClose(what, linear.forward(x, update), updated);
      assertClose(what, linear.plus(update.to(DType.F64)).forward(x), updated);
    }
  }

  /** A copy has tensors of its own: what happens to them is not seen here. */
  @Test
  void copyAndPlus_changed_leaveTheOriginal() {
    try (Scope scope = Scope.inference()) {
      Linear linear = random(new Rng(1), 3, 2, true);
      float[] weight = linear.weight().toFloats();
      float[] bias = linear.bias().toFloats();
      for (Linear made : List.of(linear.copy(), linear.plus(Tensor.zeros(DType.F64, 2, 3)))) {
        assertThat(made.weight().toFloats()).isEqualTo(weight);
        assertThat(made.bias().toFloats()).isEqualTo(bias);
        made.state().values().forEach(t -> t.timesInPlace(2));
        assertThat(linear.weight().toFloats()).isEqualTo(weight);
        assertThat(linear.bias().toFloats()).isEqualTo(bias);
      }
    }
  }

  @Test
  void kinds_new_startAsTheyShould() {
    try (Scope scope = Scope.inference()) {
      Linear backbone = Linear.truncatedNormal(new Rng(1), 40, 50, true);
      assertThat(backbone.bias().toFloats()).containsOnly(0);
      assertThat(backbone.weight().square().mean().item()).isCloseTo(0.0004, within(0.0001));
      assertThat(Linear.truncatedNormal(new Rng(1), 4, 5, false).bias()).isNull();
      Linear zeros = Linear.zeros(4, 5);
      assertThat(zeros.state().values()).allMatch(t -> t.abs().sum().item() == 0);
      Linear decoder = Linear.standard(new Rng(1), 4, 50);
      assertThat(decoder.weight().abs().gt(0.5).sum().item()).isZero();
      assertThat(decoder.bias().abs().gt(0.5).sum().item()).isZero();
      assertThat(decoder.bias().abs().gt(0.4).sum().item()).isPositive();
      assertThat(List.of(decoder.in(), decoder.out())).containsExactly(4L, 50L);
      assertThat(decoder.parameters().get("weight").role()).isEqualTo(Parameter.Role.WEIGHT);
      assertThat(decoder.parameters().get("bias").role()).isEqualTo(Parameter.Role.BIAS);
    }
  }
}
