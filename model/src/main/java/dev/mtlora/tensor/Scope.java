package dev.mtlora.tensor;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.jspecify.annotations.Nullable;

/**
 * Owner of native memory: every tensor belongs to the innermost scope that was open on its thread
 * when it was made, and is freed when that scope closes.
 *
 * <p>One scope per unit of work (a training step, an evaluation batch, a request), and one around
 * the life of a model. Making a tensor without a scope is an error, so nothing ever waits for the
 * garbage collector, which does not see native memory and let a training run grow to 24 GB.
 *
 * <pre>{@code
 * try (Scope model = Scope.open()) {
 *   ...                                     // parameters live here
 *   try (Scope step = Scope.open()) { ... } // activations live here
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
  private static final Set<Scope> OPEN = ConcurrentHashMap.newKeySet();

  private final Pointers pointers;
  private final @Nullable PointerScope outer;
  private final Thread thread = Thread.currentThread();
  private final Throwable opened = new Throwable("opened here");
  private final boolean gradBefore;

  private Scope(boolean grad) {
    Engine.start();
    outer = PointerScope.getInnerScope();
    pointers = new Pointers();
    gradBefore = GradMode.is_enabled();
    GradMode.set_enabled(grad && gradBefore);
    OPEN.add(this);
  }

  /** A scope in which operations are recorded for {@link Tensor#backward}. */
  public static Scope open() {
    return new Scope(true);
  }

  /** A scope in which nothing is recorded: evaluation, prediction, updates of parameters. */
  public static Scope inference() {
    return new Scope(false);
  }

  /**
   * Does a part of a unit of work in a scope of its own and keeps only the result: whatever else it
   * made is freed, but for what a backward pass needs. Gradients are recorded if they are here.
   */
  public static Tensor result(Supplier<Tensor> work) {
    try (Scope scope = Scope.open()) {
      return scope.keep(work.get());
    }
  }

  /**
   * Hands a tensor of this scope to the scope around it, so that it outlives this one.
   *
   * @return the same tensor
   * @throws IllegalStateException if no scope is open around this one
   */
  public Tensor keep(Tensor tensor) {
    if (outer == null) {
      throw new IllegalStateException("cannot keep a tensor: no scope is open around this one");
    }
    outer.attach(tensor.handle()); // first: a pointer that nobody holds is freed at once
    pointers.detach(tensor.handle());
    return tensor;
  }

  /** Frees every tensor of this scope; must run on the thread that opened it. */
  @Override
  public void close() {
    if (thread != Thread.currentThread()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "a scope opened on thread %s must not be closed on %s",
              thread.getName(),
              Thread.currentThread().getName()));
    }
    if (OPEN.remove(this)) {
      GradMode.set_enabled(gradBefore);
      pointers.close();
      if (pointers.kept != null) {
        pointers.kept.close();
      }
    }
  }

  /** The leak report: where each scope that is still open was opened. Empty when all is well. */
  public static List<String> leaks() {
    return OPEN.stream()
        .map(scope -> scope.thread.getName() + ": " + caller(scope.opened.getStackTrace()))
        .sorted()
        .toList();
  }

  private static String caller(StackTraceElement[] trace) {
    for (StackTraceElement element : trace) {
      if (!element.getClassName().equals(Scope.class.getName())) {
        return element.toString();
      }
    }
    return "unknown";
  }

  /** What the innermost scope of this thread keeps besides. */
  static Kept kept() {
    requireOpen();
    if (PointerScope.getInnerScope() instanceof Pointers pointers) {
      Kept kept = pointers.kept;
      if (kept == null) {
        kept = new Kept();
        pointers.kept = kept;
      }
      return kept;
    }
    throw new IllegalStateException("the innermost scope is JavaCPP's own and keeps nothing");
  }

  /** The pointers of a scope, which JavaCPP finds by thread. */
  private static final class Pointers extends PointerScope {
    @Nullable Kept kept; // of few scopes
  }

  static void requireOpen() {
    if (PointerScope.getInnerScope() == null) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "no Scope is open on thread %s: wrap the work in try (Scope scope = Scope.open()) { ... }",
              Thread.currentThread().getName()));
    }
  }
}
