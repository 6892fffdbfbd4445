package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MultiplyAddsTest {
  @Test
  void count_ofEveryKindOfProduct_isWhatHandSays() {
    try (Scope scope = Scope.inference()) {
      Tensor x = Tensor.zeros(2, 5, 3); // 10 rows of 3
      assertThat(count(() -> Functional.linear(x, Tensor.zeros(7, 3), null))).isEqualTo(210);
      assertThat(count(() -> x.matmul(Tensor.zeros(3, 4)))).isEqualTo(120);
      assertThat(count(() -> x.bmm(Tensor.zeros(2, 3, 4)))).isEqualTo(120);
      assertThat(count(() -> Tensor.zeros(2, 5, 4).plusBmm(x, Tensor.zeros(2, 3, 4))))
          .isEqualTo(120);
      assertThat(
              count(() -> Tensor.zeros(5, 4).plusMatmulInPlace(x.select(0, 0), Tensor.zeros(3, 4))))
          .isEqualTo(60);
      Tensor image = Tensor.zeros(1, 2, 8, 8);
      assertThat(count(() -> Functional.conv2d(image, Tensor.zeros(6, 2, 3, 3), null, 1, 1, 1)))
          .isEqualTo(64 * 6 * 18);
      assertThat(count(() -> Functional.conv2d(image, Tensor.zeros(6, 2, 4, 4), null, 4, 0, 1)))
          .isEqualTo(4 * 6 * 32);
      assertThat(count(() -> Functional.convTranspose2d(image, Tensor.zeros(2, 5, 2, 2), null, 2)))
          .isEqualTo(128 * 20);
      assertThat(count(() -> x.plus(x))).isZero();
    }
  }

  @Test
  void count_insideAnother_isInBoth() {
    try (Scope scope = Scope.inference();
        MultiplyAdds outer = MultiplyAdds.open()) {
      Tensor x = Tensor.zeros(2, 3);
      x.matmul(Tensor.zeros(3, 1));
      try (MultiplyAdds inner = MultiplyAdds.open()) {
        x.matmul(Tensor.zeros(3, 2));
        assertThat(inner.value()).isEqualTo(12);
      }
      assertThat(outer.value()).isEqualTo(18);
    }
  }

  private static long count(Runnable work) {
    try (MultiplyAdds count = MultiplyAdds.open()) {
      work.run();
      return count.value();
    }
  }
}
