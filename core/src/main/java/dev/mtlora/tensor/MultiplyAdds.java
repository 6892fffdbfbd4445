package dev.mtlora.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Counts the multiply-adds of the matrix products and convolutions that this thread asks for while
 * the count is open: the operations that papers report. Norms, activations, softmax and resizing
 * are not counted, and neither is what a backward pass does.
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

  private MultiplyAdds() {}

  /** Starts a count on this thread; a count that is open already goes on, too. */
  public static MultiplyAdds open() {
    MultiplyAdds count = new MultiplyAdds();
    OPEN.set(count);
    return count;
  }

  /** What was asked for since the count was opened. */
  public long value() {
    return value;
  }

  /**
   * Counts a product.
   *
   * @param result of it
   * @param depth products added up in every element of the result
   * @return the result
   */
  static Tensor counted(Tensor result, long depth) {
    for (MultiplyAdds count = OPEN.get(); count != null; count = count.outer) {
      count.value += result.count() * depth;
    }
    return result;
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
