package dev.mtlora.tensor;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.jspecify.annotations.Nullable;

/**
 * While it is open, tensors that this thread makes have a shape and a type but no values, and
 * operations on them take no time: what a model would need is known before any of it is there.
 *
 * <pre>{@code
 * try (Scope scope = Scope.inference(); Shapes shapes = Shapes.open()) {
 *   new Model(settings);
 *   long bytes = shapes.bytes();
 * }
 * }</pre>
 */
public final class Shapes implements AutoCloseable {
  private static final ThreadLocal<@Nullable Shapes> OPEN = new ThreadLocal<>();

  private long bytes;

  private Shapes() {}

  /**
   * Starts on this thread.
   *
   * @throws IllegalStateException if one is open already
   */
  public static Shapes open() {
    if (isOpen()) {
      throw new IllegalStateException("this thread makes shapes already");
    }
    Shapes shapes = new Shapes();
    OPEN.set(shapes);
    return shapes;
  }

  static boolean isOpen() {
    return OPEN.get() != null;
  }

  /** For a tensor that is about to be made: on the CPU, or nowhere, and counted. */
  static TensorOptions options(DType dtype, long... shape) {
    TensorOptions options = new TensorOptions(dtype.scalarType());
    Shapes shapes = OPEN.get();
    if (shapes == null) {
      return options;
    }
    long size = dtype.bytes();
    for (long side : shape) {
      size = Math.multiplyExact(size, side);
    }
    shapes.bytes = Math.addExact(shapes.bytes, size);
    return options.device(new DeviceOptional(new Device(DeviceType.Meta)));
  }

  /** Bytes that the tensors made since it was opened would have. */
  public long bytes() {
    return bytes;
  }

  /** From now on tensors have values again. */
  @Override
  public void close() {
    OPEN.remove();
  }
}
