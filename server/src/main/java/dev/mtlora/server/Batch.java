package dev.mtlora.server;

import dev.mtlora.image.Block;
import dev.mtlora.tensor.DType;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Requests whose pictures are computed at once.
 *
 * @param waiting of one size and precision
 */
record Batch(List<Waiting> waiting) {
  /**
   * A request that waits.
   *
   * @param since nanoseconds of {@link System#nanoTime}
   */
  record Waiting(
      Block images,
      List<String> tasks,
      DType precision,
      Ticket ticket,
      long since,
      CompletableFuture<Done> done) {
    boolean joins(Waiting other) {
      return precision == other.precision
          && images.height() == other.images.height()
          && images.width() == other.images.width();
    }
  }

  /** Its part of the batch, and when the model began and ended. */
  record Done(Map<String, Block> logits, long begun, long ended) {}

  /** Of pictures. */
  int count() {
    return waiting.stream().mapToInt(each -> each.images().count()).sum();
  }

  DType precision() {
    return waiting.get(0).precision();
  }

  /** All that any of them wants. */
  List<String> tasks() {
    Set<String> tasks = new LinkedHashSet<>();
    waiting.forEach(each -> tasks.addAll(each.tasks()));
    return List.copyOf(tasks);
  }

  /** All pictures, one request's after the other's. */
  Block images() {
    Block first = waiting.get(0).images();
    if (waiting.size() == 1) {
      return first;
    }
    int count = count();
    int length = first.channels() * first.height() * first.width();
    float[] values = new float[Math.multiplyExact(count, length)];
    int at = 0;
    for (Waiting each : waiting) {
      float[] own = each.images().values();
      System.arraycopy(own, 0, values, at, own.length);
      at += own.length;
    }
    return new Block(count, first.channels(), first.height(), first.width(), values);
  }

  /** Gives each its own. */
  void complete(Map<String, Block> logits, long begun, long ended) {
    int first = 0;
    for (Waiting each : waiting) {
      int count = each.images().count();
      Map<String, Block> own = new LinkedHashMap<>();
      for (String task : each.tasks()) {
        own.put(task, part(Objects.requireNonNull(logits.get(task), task), first, count));
      }
      each.done().complete(new Done(own, begun, ended));
      first += count;
    }
  }

  private static Block part(Block all, int first, int count) {
    if (count == all.count()) {
      return all;
    }
    int length = all.channels() * all.height() * all.width();
    float[] values = new float[count * length];
    System.arraycopy(all.values(), first * length, values, 0, values.length);
    return new Block(count, all.channels(), all.height(), all.width(), values);
  }

  void fail(Throwable why) {
    waiting.forEach(each -> each.done().completeExceptionally(why));
  }
}
