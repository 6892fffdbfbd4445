package dev.mtlora.tensor;

import java.util.function.LongSupplier;
import org.bytedeco.pytorch.GradMode;
import org.jspecify.annotations.Nullable;

/**
 * Counts the work that this thread asks for while the count is open: multiply-adds of matrix
 * products and convolutions, as papers report them (norms, activations, softmax and resizing are
 * not among them), and the bytes that all operations read and write.
 *
 * <pre>{@code
 * try (Scope scope = Scope.inference(); Work count = Work.open()) {
 *   model.forward(images);
 *   long operations = count.multiplyAdds();
 * }
 * }</pre>
 */
public final class Work implements AutoCloseable {
  private static final ThreadLocal<@Nullable Work> OPEN = new ThreadLocal<>();

  private final @Nullable Work outer = OPEN.get();
  private long multiplyAdds;
  private long backward;
  private long bytes;

  private Work() {}

  /** Starts a count on this thread; a count that is open already goes on, too. */
  public static Work open() {
    Work count = new Work();
    OPEN.set(count);
    return count;
  }

  /** Multiply-adds asked for since the count was opened, without backward passes. */
  public long multiplyAdds() {
    return multiplyAdds;
  }

  /**
   * What a backward pass through all of it will ask for: a product of the same size for each factor
   * that needs a gradient.
   */
  public long backwardMultiplyAdds() {
    return backward;
  }

  /**
   * Bytes that the operations asked for read and write, if each reads its operands once and writes
   * its result once; views cost nothing, and what is repeated along a dimension is read once.
   * Caches may save some of it; what an operation keeps for itself in between, and the casts of
   * {@link Autocast}, come on top.
   */
  public long bytes() {
    return bytes;
  }

  /** Counts what an operation reads and writes, unless its result is a view of an operand. */
  static void moved(Tensor result, @Nullable Tensor... operands) {
    if (OPEN.get() != null && !isView(result, operands)) {
      addBytes(bytes(result) + bytes(operands));
    }
  }

  /** Counts what an operation reads and writes that writes over one of its operands. */
  static void writtenOver(Tensor result, Tensor... others) {
    if (OPEN.get() != null) {
      addBytes(2 * bytes(result) + bytes(others));
    }
  }

  private static void addBytes(long bytes) {
    for (Work count = OPEN.get(); count != null; count = count.outer) {
      count.bytes += bytes;
    }
  }

  private static boolean isView(Tensor result, @Nullable Tensor... operands) {
    for (Tensor operand : operands) {
      if (operand != null && result.handle().is_alias_of(operand.handle())) {
        return true;
      }
    }
    return false;
  }

  private static long bytes(@Nullable Tensor... tensors) {
    long sum = 0;
    for (Tensor tensor : tensors) {
      sum += tensor == null ? 0 : tensor.distinct() * tensor.dtype().bytes();
    }
    return sum;
  }

  /**
   * Counts a product.
   *
   * @param result of it
   * @param depth products added up in every element of the result; asked if anybody counts
   * @param a one factor
   * @param b the other
   * @return the result
   */
  static Tensor counted(Tensor result, LongSupplier depth, Tensor a, Tensor b) {
    if (OPEN.get() != null) {
      addProduct(result.count() * depth.getAsLong(), a, b);
    }
    return result;
  }

  /** Counts a product of so many multiply-adds. */
  private static void addProduct(long operations, Tensor a, Tensor b) {
    boolean recorded = GradMode.is_enabled();
    int gradients = recorded ? (a.requiresGrad() ? 1 : 0) + (b.requiresGrad() ? 1 : 0) : 0;
    for (Work count = OPEN.get(); count != null; count = count.outer) {
      count.multiplyAdds += operations;
      count.backward += gradients * operations;
    }
  }

  /** Ends the count on this thread. */
  @Override
  public void close() {
    if (outer == null) {
      OPEN.remove();
    } else {
      OPEN.set(outer);
    }
  }
}
