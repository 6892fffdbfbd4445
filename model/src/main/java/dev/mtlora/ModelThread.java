package dev.mtlora;

import dev.mtlora.tensor.Scope;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A thread that owns native memory: it opens a scope, does in turn what any thread asks for, and
 * closes the scope. Native memory must be freed by the thread that took it, and whoever closes a
 * model, a servlet container for instance, need not be the thread that opened it.
 */
final class ModelThread implements AutoCloseable {
  private final String name;
  private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
  private final Thread thread;
  private final FutureTask<Void> end = new FutureTask<>(() -> null);
  private @Nullable Throwable broken; // of this thread alone
  private boolean closed; // guarded by this

  ModelThread(String name) {
    this.name = name;
    thread = new Thread(this::run, "mtlora model " + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    Scope scope = opened();
    for (Runnable next = next(); next != end; next = next()) {
      next.run();
    }
    if (scope != null) {
      scope.close();
    }
  }

  /** An interrupt ends what is being done, if that heeds it, and not the thread. */
  private Runnable next() {
    while (true) {
      try {
        return waiting.take();
      } catch (InterruptedException e) { // of work that is over
      }
    }
  }

  /** None if the engine cannot be started, for instance because its native code is not there. */
  private @Nullable Scope opened() {
    try {
      return Scope.open();
    } catch (RuntimeException | LinkageError e) { // thrown to everyone who asks for something
      broken = e;
      return null;
    }
  }

  /**
   * Does something on the thread, after all that was asked for before, and waits for it. An
   * interrupt of the caller does not end the wait: what runs cannot be taken back.
   *
   * @throws IllegalStateException if the model is closed
   */
  <T extends @Nullable Object> T call(Callable<T> work) {
    if (Thread.currentThread() == thread) {
      return direct(work);
    }
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              if (broken != null) {
                throw new IllegalStateException(
                    "the model's engine could not be started ("
                        + broken
                        + "): is the native code of this system on the class path"
                        + " (mtlora-platform), and may its cache be written?",
                    broken);
              }
              return work.call();
            });
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "the model %s is closed: open it again, or close it after its last use",
                name));
      }
      waiting.add(task);
    }
    return get(task);
  }

  private static <T extends @Nullable Object> T direct(Callable<T> work) {
    try {
      return work.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T extends @Nullable Object> T get(FutureTask<T> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw thrown(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What was thrown on the thread, with the stack of who asked behind it. */
  private static RuntimeException thrown(@Nullable Throwable cause) {
    if (cause == null) {
      return new IllegalStateException("the thread of a model failed for no reason");
    }
    cause.addSuppressed(new IllegalStateException("asked for here"));
    if (cause instanceof RuntimeException known) {
      return known;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(cause);
  }

  /** Ends the thread after all that was asked for; waits for that. Does nothing again. */
  @Override
  public void close() {
    synchronized (this) {
      if (!closed) {
        closed = true;
        waiting.add(end);
      }
    }
    boolean interrupted = false;
    while (Thread.currentThread() != thread && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
