package dev.mtlora.nn;

import dev.mtlora.tensor.Recomputation;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What flows through a backbone: one shared stream, and one more for every task that has forked.
 *
 * <p><b>A task that has not forked reads the shared stream.</b> Forked streams are stacked along
 * the first dimension, task by task, so that a norm, an activation or a residual runs once for all
 * of them.
 *
 * <p>Forks end where the next block starts, from the shared stream again. Where tasks go {@link
 * #apart} instead, the shared stream ends, and theirs go on to the last block.
 *
 * @param shared the stream of all tasks, {@code [B, ...]}; absent if they are apart
 * @param tasks the tasks that this pass serves, in order
 * @param forked the tasks with a stream of their own, in order; a subset of {@code tasks}
 * @param stack their streams, {@code [F * B, ...]} with F forked tasks; absent if F is 0
 */
public record Streams(
    @Nullable Tensor shared, List<String> tasks, List<String> forked, @Nullable Tensor stack) {
  /** Checks that the stack fits the forked tasks. */
  public Streams {
    tasks = List.copyOf(tasks);
    forked = List.copyOf(forked);
    if ((stack == null) != forked.isEmpty()) {
      throw new IllegalArgumentException("streams need a stack exactly when tasks have forked");
    }
    if (shared == null && (stack == null || !forked.equals(tasks))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "without a shared stream each of %s needs its own but only %s have one",
              tasks,
              forked));
    }
    if (shared != null && stack != null && stack.size(0) != forked.size() * shared.size(0)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d forked tasks of batch %d need a stack of %d but it has %d",
              forked.size(),
              shared.size(0),
              forked.size() * shared.size(0),
              stack.size(0)));
    }
  }

  /** One shared stream, nothing forked yet. */
  public static Streams of(Tensor shared, List<String> tasks) {
    return new Streams(shared, tasks, List.of(), null);
  }

  /** Does a part of a pass in a scope of its own, see {@link Scope#result}. */
  public static Streams result(Supplier<Streams> work) {
    try (Scope scope = Scope.open()) {
      Streams result = work.get();
      result.tensors().forEach(scope::keep);
      return result;
    }
  }

  /**
   * What a part of a pass makes of these, computed once more in the backward pass, see {@link
   * Recomputation}.
   */
  public Streams recomputed(UnaryOperator<Streams> part) {
    List<Streams> made = new ArrayList<>();
    List<Tensor> results =
        Recomputation.of(
            tensors(),
            inputs -> {
              Streams result = part.apply(with(inputs));
              made.add(result);
              return result.tensors();
            });
    return made.get(0).with(results);
  }

  /** The shared stream, if there is one, and the stack, if there is one. */
  public List<Tensor> tensors() {
    return Stream.of(shared, stack).filter(Objects::nonNull).toList();
  }

  /** The same with other {@link #tensors}. */
  private Streams with(List<Tensor> tensors) {
    Iterator<Tensor> next = tensors.iterator();
    Tensor first = shared == null ? null : next.next();
    return new Streams(first, tasks, forked, stack == null ? null : next.next());
  }

  /** The shared stream; only if the tasks are not {@link #apart}. */
  @Override
  public Tensor shared() {
    if (shared == null) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "there is no shared stream: %s have one each", tasks));
    }
    return shared;
  }

  /** True if any task has a stream of its own. */
  public boolean hasForks() {
    return stack != null;
  }

  /** The forked streams, {@code [F * B, ...]}; only if {@link #hasForks}. */
  public Tensor forks() {
    if (stack == null) {
      throw new IllegalStateException("no task has forked");
    }
    return stack;
  }

  /** The stream that a task reads: its own if it has forked, else the shared one. */
  public Tensor of(String task) {
    int position = forked.indexOf(task);
    if (position < 0) {
      return shared();
    }
    long batch = forks().size(0) / forked.size();
    return forks().narrow(0, position * batch, batch);
  }

  /**
   * A stream for every task, and none that they share from here on; those that had not forked start
   * from the shared one.
   */
  public Streams apart() {
    return shared == null ? this : new Streams(null, tasks, tasks, stackOf(tasks));
  }

  /** What the next block starts from: the shared stream alone, or tasks that are {@link #apart}. */
  public Streams onward() {
    return shared == null ? this : of(shared, tasks);
  }

  /** Applies an operation that works sample by sample to the shared stream and to the stack. */
  public Streams map(UnaryOperator<Tensor> operation) {
    return with(tensors().stream().map(operation).toList());
  }

  /** Sum, stream by stream; apart if either is. */
  public Streams plus(Streams other) {
    Tensor sum = shared == null || other.shared == null ? null : shared.plus(other.shared);
    List<String> union = union(other);
    if (union.isEmpty()) {
      return new Streams(sum, tasks, union, null);
    }
    Tensor stacked = grouped(union).plus(other.grouped(union)); // F, B, ...
    return new Streams(sum, tasks, union, flat(stacked));
  }

  /**
   * What an operation that works sample by sample makes of two, stream by stream; apart if either
   * is. Where only one has a task's own stream, it meets the other's shared one.
   *
   * @param operation of two tensors of one batch, {@code [B, ...]} or {@code [F * B, ...]}
   */
  public Streams zip(Streams other, BinaryOperator<Tensor> operation) {
    Tensor both =
        shared == null || other.shared == null ? null : operation.apply(shared, other.shared);
    List<String> union = union(other);
    if (union.isEmpty()) {
      return new Streams(both, tasks, union, null);
    }
    return new Streams(both, tasks, union, operation.apply(stackOf(union), other.stackOf(union)));
  }

  private List<String> union(Streams other) {
    return tasks.stream().filter(t -> forked.contains(t) || other.forked.contains(t)).toList();
  }

  /**
   * The streams of some tasks as {@code [F, B, ...]}, or {@code [1, B, ...]} if none has forked.
   */
  private Tensor grouped(List<String> names) {
    if (!hasForks()) {
      return shared().unsqueeze(0);
    }
    Tensor all = stackOf(names);
    long[] shape = all.shape();
    long[] grouped = new long[shape.length + 1];
    System.arraycopy(shape, 0, grouped, 1, shape.length);
    grouped[0] = names.size();
    grouped[1] = -1;
    return all.view(grouped);
  }

  private Tensor stackOf(List<String> names) {
    return forked.equals(names) ? forks() : Tensor.cat(names.stream().map(this::of).toList(), 0);
  }

  private static Tensor flat(Tensor grouped) {
    long[] shape = grouped.shape();
    long[] flat = Arrays.copyOfRange(shape, 1, shape.length);
    flat[0] = -1;
    return grouped.view(flat);
  }
}
