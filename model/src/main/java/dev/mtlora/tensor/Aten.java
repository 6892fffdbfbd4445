package dev.mtlora.tensor;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/**
 * Operators of libtorch that the Java binding has no method for, called by the name in their schema
 * (<a
 * href="https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/native_functions.yaml">
 * native_functions.yaml</a>).
 */
final class Aten {
  private static final Map<String, OperatorHandle> OPERATORS = new ConcurrentHashMap<>();

  private Aten() {}

  /**
   * Calls an operator for what it changes in place; results are dropped.
   *
   * @param name such as {@code _foreach_mul_}
   * @param overload such as {@code Scalar}; empty where there is one form only
   * @param arguments all of them, in the schema's order
   * @throws IllegalArgumentException with libtorch's reason if it fails
   */
  static void call(String name, String overload, IValue... arguments) {
    Scope.requireOpen();
    OperatorHandle operator =
        OPERATORS.computeIfAbsent(
            name + "." + overload,
            key ->
                Dispatcher.singleton()
                    .findSchemaOrThrow("aten::" + name, overload)
                    .retainReference()); // no scope may free it
    try {
      operator.callBoxed(new IValueVector(arguments));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(name + ": " + Tensor.reason(e), e);
    }
  }

  /** Tensors as one argument. */
  static IValue list(List<Tensor> tensors) {
    GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
    tensors.forEach(tensor -> list.push_back(new IValue(tensor.handle())));
    return new IValue(list);
  }
}
