package dev.mtlora.tensor;

import java.util.Map;

/** Models in f64: what the library never trains in, and tests take for the truth. */
public final class Precision {
  private Precision() {}

  /** Turns the F32 tensors of a state into F64, in place and in the open scope; the rest stays. */
  public static void toF64(Map<String, Tensor> state) {
    state.values().stream()
        .filter(tensor -> tensor.dtype() == DType.F32)
        .forEach(tensor -> tensor.handle().set_data(tensor.detach().to(DType.F64).handle()));
  }
}
