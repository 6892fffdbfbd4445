package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Test;

class AtenTest {
  @Test
  void call_inOneScopeAfterAnother_doesItEveryTime() {
    for (int i = 0; i < 3; i++) {
      try (Scope scope = Scope.inference()) {
        Tensor x = Tensor.full(2, 3);
        Aten.call("_foreach_mul_", "Scalar", Aten.list(List.of(x)), new IValue(new Scalar(2.0)));
        assertThat(x.toFloats()).containsExactly(4, 4, 4);
      }
    }
  }

  @Test
  void call_unknownOperator_isRefusedByName() {
    try (Scope scope = Scope.inference()) {
      assertThatThrownBy(() -> Aten.call("no_such_operator", ""))
          .isInstanceOf(RuntimeException.class)
          .hasMessageContaining("no_such_operator");
    }
  }

  @Test
  void call_shapesThatDoNotFit_isRefusedByName() {
    try (Scope scope = Scope.inference()) {
      IValue a = Aten.list(List.of(Tensor.zeros(3)));
      IValue b = Aten.list(List.of(Tensor.zeros(4)));
      assertThatThrownBy(() -> Aten.call("_foreach_add", "List", a, b, new IValue(new Scalar(1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("_foreach_add: ");
    }
  }

  @Test
  void call_outsideAnyScope_isRefused() {
    assertThatThrownBy(() -> Aten.call("_foreach_mul_", "Scalar"))
        .isInstanceOf(IllegalStateException.class);
  }
}
