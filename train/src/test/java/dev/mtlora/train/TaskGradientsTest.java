package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.train.balance.GradientProducts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Two tasks with the gradients (1, 0) and (-1, 1) by a parameter that they share. Of the others one
 * is of task a alone, one is reached by b with zeros only, and one by none.
 */
class TaskGradientsTest {
  private static Tensor leaf(float... values) {
    return Tensor.of(values, values.length).requiresGrad(true);
  }

  private static Tensor dot(Tensor parameter, float... factors) {
    return parameter.times(Tensor.of(factors, factors.length)).sum();
  }

  @Test
  void sum_sharedAndOwnParameters_getTheirShares() {
    try (Scope scope = Scope.open()) {
      Tensor shared = leaf(3, 4);
      Tensor own = leaf(5);
      Tensor stacked = leaf(6);
      Tensor idle = leaf(7);
      TaskGradients gradients = new TaskGradients(List.of(shared, own, stacked, idle));
      for (int batch = 0; batch < 2; batch++) { // halves of the gradients above
        try (Scope inner = Scope.open()) {
          Tensor both = shared.times(0.5); // one operation under two gradients
          Map<String, Tensor> losses = new LinkedHashMap<>();
          losses.put("a", dot(both, 1, 0).plus(dot(own, 1)).plus(dot(stacked, 4)));
          losses.put("b", dot(both, -1, 1).plus(dot(stacked, 0)));
          gradients.add(losses, inner);
        }
      }
      boolean[] where = gradients.shared();
      assertThat(where).containsExactly(true, false, false, false);
      GradientProducts products = gradients.products(where);
      assertThat(products.tasks()).containsExactly("a", "b");
      assertThat(products.values()).isDeepEqualTo(new double[][] {{1, -1}, {-1, 2}});
      gradients.sum(where, Map.of("a", 3.0));
      assertThat(shared.grad().orElseThrow().toFloats()).containsExactly(2, 1);
      assertThat(own.grad().orElseThrow().toFloats()).containsExactly(2);
      assertThat(stacked.grad().orElseThrow().toFloats()).containsExactly(8);
      assertThat(idle.grad()).isEmpty();
    }
  }
}
