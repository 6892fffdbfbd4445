package dev.mtlora.peft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import org.junit.jupiter.api.Test;

class PolyhistorTest {
  @Test
  void kronecker_ofTwoTemplates_isTheProductOfEach() {
    try (Scope scope = Scope.inference()) {
      Tensor scale = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
      Tensor templates = Tensor.of(new float[] {1, 10, 5, 7}, 2, 1, 2);
      Tensor product = Polyhistor.kronecker(scale, templates);
      assertThat(product.shape()).containsExactly(2, 2, 4);
      assertThat(product.toFloats())
          .containsExactly(1, 10, 2, 20, 3, 30, 4, 40, 5, 7, 10, 14, 15, 21, 20, 28);
    }
  }
}
