package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TensorTest {
  @AfterEach
  void noScopeStaysOpen() {
    assertThat(Scope.leaks()).isEmpty();
  }

  @Test
  void backward_product_givesTheOtherFactor() {
    try (Scope scope = Scope.open()) {
      Tensor a = Tensor.of(new float[] {1, 2, 3}, 3).requiresGrad(true);
      Tensor b = Tensor.of(new float[] {4, 5, 6}, 3);
      a.times(b).sum().backward();
      assertThat(a.grad().orElseThrow().toFloats()).containsExactly(4, 5, 6);
      assertThat(b.grad()).isEmpty();
      a.clearGrad();
      assertThat(a.grad()).isEmpty();
    }
  }

  @Test
  void operation_withWrongShapes_namesItAndTheShapes() {
    try (Scope scope = Scope.open()) {
      Tensor a = Tensor.zeros(2, 3);
      Tensor b = Tensor.zeros(4, 5);
      assertThatThrownBy(() -> a.matmul(b))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("matmul of [2, 3], [4, 5]")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void tensor_withoutScope_isRefused() {
    assertThatThrownBy(() -> Tensor.zeros(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no Scope is open");
  }

  @Test
  void scope_leftOpen_isInTheLeakReport() {
    Scope scope = Scope.open();
    assertThat(Scope.leaks()).singleElement().asString().contains("TensorTest");
    scope.close();
    assertThat(Scope.leaks()).isEmpty();
  }

  @Test
  void keep_fromInnerScope_outlivesIt() {
    try (Scope outer = Scope.open()) {
      Tensor kept;
      try (Scope inner = Scope.inference()) {
        kept = inner.keep(Tensor.full(2.5, 4));
      }
      assertThat(kept.toFloats()).containsExactly(2.5f, 2.5f, 2.5f, 2.5f);
    }
  }

  @Test
  void inference_insideARecordedScope_recordsNothing() {
    try (Scope outer = Scope.open()) {
      Tensor a = Tensor.zeros(2).requiresGrad(true);
      try (Scope inner = Scope.inference()) {
        assertThat(a.plus(1).requiresGrad()).isFalse();
      }
      assertThat(a.plus(1).requiresGrad()).isTrue();
    }
  }

  @Test
  void autocast_product_runsInBf16AndEndsWithIt() {
    try (Scope scope = Scope.open()) {
      Tensor a = Tensor.randn(new Rng(1), 8, 8);
      try (Autocast bf16 = Autocast.bf16(Device.CPU, true)) {
        assertThat(a.matmul(a).dtype()).isEqualTo(DType.BF16);
      }
      assertThat(a.matmul(a).dtype()).isEqualTo(DType.F32);
    }
  }

  @Test
  void seed_sameSeed_givesTheSameDropout() {
    try (Scope scope = Scope.open()) {
      Tensor ones = Tensor.full(1, 1000);
      Engine.seed(7);
      float[] first = Functional.dropout(ones, 0.5).toFloats();
      float[] second = Functional.dropout(ones, 0.5).toFloats();
      Engine.seed(7);
      assertThat(Functional.dropout(ones, 0.5).toFloats()).isEqualTo(first).isNotEqualTo(second);
    }
  }

  @Test
  void device_unknownName_isRefused() {
    assertThatThrownBy(() -> Device.parse("tpu")).hasMessageContaining("cpu, cuda or cuda:N");
  }

  @Test
  void operation_withListOfNumbers_readsThemWhileTheyExist() {
    for (int i = 0; i < 200; i++) { // a view of freed memory often still holds the numbers
      try (Scope scope = Scope.inference()) {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 1, 2, 3);
        assertThat(x.sum(false, 0, 1, 3).toFloats()).containsExactly(6, 15);
        assertThat(x.mean(true, 2, 3).toFloats()).containsExactly(3.5f);
        assertThat(Functional.resizeBilinear(x, 1, 3).toFloats()).containsExactly(2.5f, 3.5f, 4.5f);
      }
    }
  }
}
