package dev.mtlora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompacterTest {
  /** {@code Σ_i A_i[a, b] Σ_k s_i[p, k] t_i[k, q]} at row a P + p, column b Q + q. */
  private static double entry(double[][] factors, int[] sizes, int row, int column) {
    int n = sizes[0];
    int rows = sizes[1];
    int rank = sizes[2];
    int columns = sizes[3];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double product = 0;
      for (int k = 0; k < rank; k++) {
        product +=
            factors[1][(i * rows + row % rows) * rank + k]
                * factors[2][(i * rank + k) * columns + column % columns];
      }
      sum += factors[0][(i * n + row / rows) * n + column / columns] * product;
    }
    return sum;
  }

  @Test
  void weight_ofALayer_isTheSumOfKroneckerProducts() {
    int[] sizes = {3, 2, 2, 4}; // n, out/n, r, in/n
    Rng rng = new Rng(1);
    try (Scope scope = Scope.inference()) {
      Tensor slow = Tensor.randn(rng, 3, 3, 3);
      Tensor left = Tensor.randn(rng, 3, 2, 2);
      Tensor right = Tensor.randn(rng, 3, 2, 4);
      Tensor weight = new Compacter.KroneckerLinear(slow, left, right).weight();
      double[][] factors = {slow.toDoubles(), left.toDoubles(), right.toDoubles()};
      double[] actual = weight.toDoubles();
      assertThat(weight.shape()).containsExactly(6, 12);
      for (int row = 0; row < 6; row++) {
        for (int column = 0; column < 12; column++) {
          assertThat(actual[row * 12 + column])
              .isCloseTo(entry(factors, sizes, row, column), within(1e-5));
        }
      }
    }
  }

  @Test
  void attach_productsThatDivideNoWidth_saysWhere() {
    List<Site> sites = List.of(new Site(1, 0, 2, Site.Kind.ATTENTION_OUT, "proj", 10, 10));
    assertThatThrownBy(
            () -> new Compacter(8, 4, 1, false).attach(sites, List.of("sal"), new Rng(1)))
        .hasMessage(
            "products must divide the width of every stage, but 4 does not divide 10 of stage 1");
  }

  @Test
  void settings_belowOne_areRefused() {
    assertThatThrownBy(() -> new Compacter(0, 4, 1, false)).hasMessageContaining("reduction");
    assertThatThrownBy(() -> new Compacter(8, 0, 1, false)).hasMessageContaining("products");
    assertThatThrownBy(() -> new Compacter(8, 4, 0, false))
        .hasMessage("rank must be at least 1 but is 0");
    assertThatThrownBy(() -> new Adapter(0, Adapter.Sharing.SINGLE))
        .hasMessage("reduction must be at least 1, width by bottleneck, but is 0");
  }
}
