package dev.mtlora.tensor;

import org.bytedeco.pytorch.GradMode;
import org.jspecify.annotations.Nullable;

/**
 * Counts the multiply-adds of the matrix products and convolutions that this thread asks for while
 * the count is open: the operations that papers report. Norms, activations, softmax and resizing
 * are not counted.
 *
 * <pre>{@code
 * try (Scope scope = Scope.inference(); MultiplyAdds count = MultiplyAdds.open()) {
 *   model.forward(images);
 *   long operations = count.value();
 * }
 * }</pre>
 */
public final class MultiplyAdds implements AutoCloseable {
  private static final ThreadLocal<@Nullable MultiplyAdds> OPEN = new ThreadLocal<>();

  private final @Nullable MultiplyAdds outer = OPEN.get();
  private long value;
  private long backward;

  private MultiplyAdds() {}

  /** Starts a count on this thread; a count that is open already goes on, too. */
  public static MultiplyAdds open() {
    MultiplyAdds count = new MultiplyAdds();
    OPEN.set(count);
    return count;
  }

  /** What was asked for since the count was opened, without backward passes. */
  public long value() {
    return value;
  }

  /**
   * What a backward pass through all of it will ask for: a product of the same size for each factor
   * that needs a gradient.
   */
  public long backward() {
    return backward;
  }

  /**
   * Counts a product.
   *
   * @param result of it
   * @param depth products added up in every element of the result
   * @param a one factor
   * @param b the other
   * @return the result
   */
  static Tensor counted(Tensor result, long depth, Tensor a, Tensor b) {
    if (OPEN.get() != null) {
      add(result.count() * depth, a, b);
    }
    return result;
  }

  /** Counts a product of so many multiply-adds. */
  private static void add(long operations, Tensor a, Tensor b) {
    boolean recorded = GradMode.is_enabled();
    int gradients = recorded ? (a.requiresGrad() ? 1 : 0) + (b.requiresGrad() ? 1 : 0) : 0;
    for (MultiplyAdds count = OPEN.get(); count != null; count = count.outer) {
      count.value += operations;
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
