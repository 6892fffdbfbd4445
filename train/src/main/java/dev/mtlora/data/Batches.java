package dev.mtlora.data;

import dev.mtlora.files.DataException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one epoch, in order. One thread takes them; worker threads make them ahead, a
 * batch each. What a worker fails with is thrown by {@link #next}.
 */
public final class Batches implements Iterator<Batch>, AutoCloseable {
  private static final int CLOSE_SECONDS = 30;

  private final DataLoader loader;
  private final int epoch;
  private final List<Draw> order;
  private final Dataset samples;
  private final @Nullable ExecutorService workers;
  private final Deque<Future<Batch>> ahead = new ArrayDeque<>();
  private int asked;
  private int taken;
  private volatile boolean closed;

  Batches(DataLoader loader, int epoch, int firstBatch) {
    this.loader = loader;
    this.epoch = epoch;
    this.order = loader.order(epoch);
    this.samples = loader.samples(epoch);
    this.asked = firstBatch;
    this.taken = firstBatch;
    int threads = loader.settings().workers();
    this.workers = threads == 0 ? null : Executors.newFixedThreadPool(threads, Batches::thread);
    askAhead();
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "mtlora-loader");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public boolean hasNext() {
    return !closed && taken < loader.batches();
  }

  /**
   * The next batch, waiting for it if need be.
   *
   * @throws DataException if a file is missing, damaged or out of range; the batches are closed
   */
  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException(
          closed
              ? "the batches are closed"
              : String.format(Locale.ROOT, "epoch %d has no more batches", epoch));
    }
    Batch batch = workers == null ? make(taken) : await(ahead.remove());
    taken++;
    askAhead();
    return batch;
  }

  private void askAhead() {
    while (workers != null
        && ahead.size() < loader.settings().prefetch()
        && asked < loader.batches()) {
      int number = asked++;
      ahead.add(workers.submit(() -> make(number)));
    }
  }

  private Batch make(int number) {
    List<Sample> read = new ArrayList<>();
    for (Draw draw : loader.members(order, number)) {
      if (closed) {
        throw new CancellationException("the batches were closed");
      }
      read.add(loader.sample(samples, epoch, draw));
    }
    return Batch.of(read);
  }

  private Batch await(Future<Batch> batch) {
    try {
      return batch.get();
    } catch (ExecutionException e) {
      close();
      if (e.getCause() instanceof DataException cause) {
        throw new DataException(cause.getMessage() == null ? "" : cause.getMessage(), cause);
      }
      throw new IllegalStateException("a loader thread failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a batch", e);
    }
  }

  /** Stops the workers and waits until they have ended; they finish no more than one sample. */
  @Override
  public void close() {
    closed = true;
    ahead.clear();
    if (workers == null) {
      return;
    }
    workers.shutdownNow();
    try {
      workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
