package dev.mtlora.tensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Tensors that are made when they are first asked for and then kept as long as the scope that was
 * the innermost when this was got: a model's scope, if a layer asks for it in its constructor. What
 * depends on nothing but sizes is made once for all layers, passes and threads.
 *
 * <pre>{@code
 * private final Kept kept = Kept.here();                        // in a layer
 * Tensor matrix = kept.get(List.of("resize", h, w), () -> ...); // in its forward pass
 * }</pre>
 *
 * <p>Whoever asks gets a tensor of its own over the same memory, in the scope that is open then. So
 * one that has been dropped, since there are others that were asked for more lately, lives on as
 * long as somebody computes with it, and the scope may close on one thread while another computes.
 */
public final class Kept {
  /** More than a model of one picture size needs; pictures of any size do not fill the memory. */
  static final int MOST = 16;

  private final Map<Object, org.bytedeco.pytorch.Tensor> tensors =
      new LinkedHashMap<>(MOST, 0.75f, true); // in the order of the last use
  private boolean closed;

  Kept() {}

  /**
   * Those of the innermost scope that is open on this thread.
   *
   * @throws IllegalStateException if none is open
   */
  public static Kept here() {
    return Scope.kept();
  }

  /**
   * The tensor of a key.
   *
   * @param key says everything that its values, type and device depend on
   * @param work makes it if it is not there; without gradients, and not if values are not kept
   *     ({@link Shapes}): then it is asked every time, as it is after the scope has closed
   */
  public synchronized Tensor get(Object key, Supplier<Tensor> work) {
    if (closed || Shapes.isOpen()) {
      return work.get();
    }
    org.bytedeco.pytorch.Tensor kept = tensors.get(key);
    if (kept == null) {
      kept = made(work);
      tensors.put(key, kept);
      if (tensors.size() > MOST) {
        tensors.remove(tensors.keySet().iterator().next()).releaseReference();
      }
    }
    return new Tensor(new org.bytedeco.pytorch.Tensor(kept));
  }

  /** One that no scope frees. */
  private static org.bytedeco.pytorch.Tensor made(Supplier<Tensor> work) {
    try (Scope scope = Scope.inference()) {
      return new org.bytedeco.pytorch.Tensor(work.get().handle()).retainReference();
    }
  }

  /** Frees them; what others hold of them lives on. */
  synchronized void close() {
    closed = true;
    tensors.values().forEach(org.bytedeco.pytorch.Tensor::releaseReference);
    tensors.clear();
  }
}
