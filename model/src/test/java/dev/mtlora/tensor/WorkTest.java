package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkTest {
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
      assertThat(
              count(
                  () ->
                      Functional.conv2d(
                          image, Tensor.zeros(6, 2, 3, 3), null, new Functional.Steps(1, 1, 1, 1))))
          .isEqualTo(64 * 6 * 18);
      assertThat(
              count(
                  () ->
                      Functional.conv2d(
                          image, Tensor.zeros(6, 2, 4, 4), null, new Functional.Steps(4, 0, 1, 1))))
          .isEqualTo(4 * 6 * 32);
      assertThat(count(() -> Functional.convTranspose2d(image, Tensor.zeros(2, 5, 2, 2), null, 2)))
          .isEqualTo(128 * 20);
      assertThat(count(() -> x.plus(x))).isZero();
    }
  }

  @Test
  void count_insideAnother_isInBoth() {
    try (Scope scope = Scope.inference();
        Work outer = Work.open()) {
      Tensor x = Tensor.zeros(2, 3);
      x.matmul(Tensor.zeros(3, 1));
      try (Work inner = Work.open()) {
        x.matmul(Tensor.zeros(3, 2));
        assertThat(inner.multiplyAdds()).isEqualTo(12);
      }
      assertThat(outer.multiplyAdds()).isEqualTo(18);
    }
  }

  @Test
  void bytes_ofOperations_areWhatTheyReadAndWrite() {
    try (Scope scope = Scope.inference()) {
      Tensor x = Tensor.zeros(10, 3);
      Tensor weight = Tensor.zeros(7, 3);
      Tensor sum = Tensor.zeros(10, 7);
      assertThat(bytes(() -> x.plus(1))).isEqualTo(4 * (30 + 30));
      assertThat(bytes(() -> x.to(DType.F64))).isEqualTo(30 * (4 + 8));
      assertThat(bytes(() -> Functional.linear(x, weight, null))).isEqualTo(4 * (30 + 21 + 70));
      assertThat(bytes(() -> sum.plusMatmulInPlace(x, weight.transpose(0, 1))))
          .isEqualTo(4 * (2 * 70 + 30 + 21));
      assertThat(bytes(() -> x.view(5, 6).transpose(0, 1))).as("views").isZero();
      assertThat(bytes(() -> x.transpose(0, 1).contiguous())).as("a copy").isEqualTo(4 * 60);
    }
  }

  private static long bytes(Runnable work) {
    try (Work count = Work.open()) {
      work.run();
      return count.bytes();
    }
  }

  private static long count(Runnable work) {
    try (Work count = Work.open()) {
      work.run();
      return count.multiplyAdds();
    }
  }
}
