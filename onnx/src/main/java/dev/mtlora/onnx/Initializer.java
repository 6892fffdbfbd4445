package dev.mtlora.onnx;

import dev.mtlora.tensor.DType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * A constant of an ONNX graph, whose numbers are made when they are written.
 *
 * @param name of it
 * @param dtype of its elements
 * @param shape of it
 * @param content its numbers, little-endian and row-major, each time anew
 */
record Initializer(String name, DType dtype, long[] shape, Supplier<ByteBuffer> content) {
  /** One whose numbers are there. */
  static Initializer of(String name, DType dtype, long[] shape, byte[] bytes) {
    return new Initializer(name, dtype, shape, () -> ByteBuffer.wrap(bytes));
  }

  /** How many bytes it has. */
  int length() {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact) * dtype.bytes());
  }

  /** True for the same numbers in the same shape. */
  boolean isLike(Initializer other) {
    return dtype == other.dtype
        && Arrays.equals(shape, other.shape)
        && content.get().equals(other.content.get());
  }

  /** For messages. */
  @Override
  public String toString() {
    return dtype + " " + Arrays.toString(shape);
  }
}
