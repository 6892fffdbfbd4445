package dev.mtlora.server;

import dev.mtlora.image.Block;
import dev.mtlora.model.Forward;
import dev.mtlora.server.Batch.Waiting;
import dev.mtlora.server.Refusal.Kind;
import dev.mtlora.tensor.DType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Joins the pictures of requests that wait for a model, so that it computes several at once. A pass
 * over eight pictures takes far less time than eight passes, while two passes at the same time take
 * longer than one after the other: so one thread asks the model, and what comes in meanwhile waits
 * and is joined.
 *
 * <p>A batch is begun by whoever has waited longest. Others join it if their pictures have its size
 * and precision and still fit in, and the tasks that any of them wants are computed; each gets its
 * own. With an idle model the first waits a moment ({@link Batching#delay}) for others. What nobody
 * wants any more, since its time is over or its client has gone, is not computed.
 *
 * <p>The queue itself has no bound: each request that waits here was let in by {@link Admission}.
 */
final class Batcher implements Forward, AutoCloseable {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Forward model;
  private final Batching batching;
  private final Watcher watcher;
  private final Thread thread;
  private final Deque<Waiting> queue = new ArrayDeque<>(); // guarded by itself, as what follows
  private boolean closed;

  /** Hears of batches, on the thread that asks the model. */
  interface Watcher {
    /**
     * One has been computed.
     *
     * @param pictures in it
     * @param nanos that it took
     */
    void onBatch(int pictures, long nanos);
  }

  /**
   * Joins what a model computes.
   *
   * @param name of its thread
   */
  Batcher(String name, Forward model, Batching batching, Watcher watcher) {
    this.model = model;
    this.batching = batching;
    this.watcher = watcher;
    thread = new Thread(this::run, "mtlora batches " + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Without another end than the usual. */
  @Override
  public Map<String, Block> logits(Block images, List<String> tasks, DType precision) {
    return of(new Ticket(batching.deadline(), () -> false)).logits(images, tasks, precision);
  }

  /** The same for a request, whose times are kept. */
  Forward of(Ticket ticket) {
    return (images, tasks, precision) -> {
      ticket.done(Ticket.Phase.DECODE);
      Waiting own =
          new Waiting(
              images, tasks, precision, ticket, System.nanoTime(), new CompletableFuture<>());
      synchronized (queue) {
        if (closed) {
          throw new Refusal(Kind.NOT_READY, "the model is being unloaded; ask again");
        }
        queue.add(own);
        queue.notifyAll();
      }
      Batch.Done done = await(own);
      ticket.add(Ticket.Phase.QUEUE, done.begun() - own.since());
      ticket.add(Ticket.Phase.COMPUTE, done.ended() - done.begun());
      ticket.skip();
      return done.logits();
    };
  }

  private Batch.Done await(Waiting own) {
    while (true) {
      try {
        long left = own.ticket().left(); // none, and it is being computed: until that has ended
        long wait = left > 0 ? Math.min(LOOK_NANOS, left) : LOOK_NANOS;
        return own.done().get(wait, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (own.ticket().isOver() && withdrawn(own)) {
          throw late();
        }
        if (own.ticket().isGone() && withdrawn(own)) {
          throw new Refusal(Kind.GONE, "the client has closed the connection");
        }
      } catch (InterruptedException e) {
        withdrawn(own);
        Thread.currentThread().interrupt();
        throw new Refusal(Kind.NOT_READY, "the server is being stopped");
      } catch (ExecutionException e) {
        throw thrown(e.getCause());
      }
    }
  }

  private static RuntimeException thrown(@Nullable Throwable cause) {
    if (cause instanceof RuntimeException known) {
      return known;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(cause);
  }

  private static Refusal late() {
    return new Refusal(
        Kind.DEADLINE,
        "the request waited until its time was over and was not computed; ask again");
  }

  /** True if it was waiting still, which it does no more. */
  private boolean withdrawn(Waiting own) {
    synchronized (queue) {
      boolean found = queue.remove(own);
      queue.notifyAll();
      return found;
    }
  }

  private void run() {
    for (Batch batch = next(); batch.count() > 0; batch = next()) {
      compute(batch);
    }
  }

  /** Those that are computed next; none if there will be no more. */
  private Batch next() {
    synchronized (queue) {
      while (true) {
        dropLate();
        Waiting first = queue.peek();
        if (first == null && closed) {
          return new Batch(List.of());
        }
        if (first != null) {
          Batch batch = with(first);
          long left = first.since() + batching.delay().toNanos() - System.nanoTime();
          if (left <= 0 || closed || batch.count() >= batching.most()) {
            queue.removeAll(batch.waiting());
            return batch;
          }
          rest(left);
        } else {
          rest(Long.MAX_VALUE);
        }
      }
    }
  }

  /** Until something changes, or the time is over. */
  private void rest(long nanos) {
    try {
      queue.wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
    } catch (InterruptedException e) { // nobody has a reason to
    }
  }

  private void dropLate() {
    queue.removeIf(
        waiting -> {
          boolean late = waiting.ticket().isOver();
          if (late) {
            waiting.done().completeExceptionally(late());
          }
          return late;
        });
  }

  private Batch with(Waiting first) {
    List<Waiting> batch = new ArrayList<>();
    int count = 0;
    for (Waiting waiting : queue) {
      boolean fits = batch.isEmpty() || count + waiting.images().count() <= batching.most();
      if (fits && waiting.joins(first)) {
        batch.add(waiting);
        count += waiting.images().count();
      }
    }
    return new Batch(batch);
  }

  private void compute(Batch batch) {
    try {
      Block images = batch.images();
      long begun = System.nanoTime();
      Map<String, Block> logits = model.logits(images, batch.tasks(), batch.precision());
      long ended = System.nanoTime();
      watcher.onBatch(images.count(), ended - begun);
      batch.complete(logits, begun, ended);
    } catch (RuntimeException | Error e) { // thrown to those who asked
      batch.fail(e);
    }
  }

  /** How many requests wait. */
  int waiting() {
    synchronized (queue) {
      return queue.size();
    }
  }

  /** Has what waits computed, and ends. */
  @Override
  public void close() {
    synchronized (queue) {
      closed = true;
      queue.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
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
