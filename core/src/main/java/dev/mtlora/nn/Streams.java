package dev.mtlora.nn;

import dev.mtlora.tensor.Recomputation;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What flows through a backbone: one shared stream, and one more for every task that has forked.
 *
 * <p><b>A task that has not forked reads the shared stream.</b> Forked streams are stacked along
 * the first dimension, task by task, so that a norm, an activation or a residual runs once for all
 * of them.
 *
 * @param shared the stream of all tasks, {@code [B, ...]}
 * @param tasks the tasks that this pass serves, in order
 * @param forked the tasks with a stream of their own, in order; a subset of {@code tasks}
 * @param stack their streams, {@code [F * B, ...]} with F forked tasks; absent if F is 0
 */
public record Streams(
    Tensor shared, List<String> tasks, List<String> forked, @Nullable Tensor stack) {
  /** Checks that the stack fits the forked tasks. */
  public Streams {
    tasks = List.copyOf(tasks);
    forked = List.copyOf(forked);
    if ((stack == null) != forked.isEmpty()) {
      throw new IllegalArgumentException("streams need a stack exactly when tasks have forked");
    }
    if (stack != null && stack.size(0) != forked.size() * shared.size(0)) {
      throw new IllegalArgumentException(
          "%d forked tasks of batch %d need a stack of %d but it has %d"
              .formatted(
                  forked.size(), shared.size(0), forked.size() * shared.size(0), stack.size(0)));
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
      scope.keep(result.shared);
      if (result.stack != null) {
        scope.keep(result.stack);
      }
      return result;
    }
  }

  /**
   * What a part of a pass makes of these, computed once more in the backward pass, see {@link
   * Recomputation}.
   */
  public Streams recomputed(UnaryOperator<Streams> part) {
    List<String> forks = new ArrayList<>();
    List<Tensor> results =
        Recomputation.of(
            tensors(),
            inputs -> {
              Streams result = part.apply(of(inputs, forked));
              forks.clear();
              forks.addAll(result.forked);
              return result.tensors();
            });
    return of(results, forks);
  }

  private List<Tensor> tensors() {
    return stack == null ? List.of(shared) : List.of(shared, stack);
  }

  private Streams of(List<Tensor> tensors, List<String> names) {
    return new Streams(tensors.get(0), tasks, names, tensors.size() > 1 ? tensors.get(1) : null);
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
    long batch = shared.size(0);
    return position < 0 ? shared : forks().narrow(0, position * batch, batch);
  }

  /** These tasks' streams forked as given. */
  public Streams fork(List<String> names, Tensor stacked) {
    return new Streams(shared, tasks, names, stacked);
  }

  /** The same with a stream for every task; those that had not forked start from the shared one. */
  public Streams forkedAll() {
    return forked.equals(tasks) ? this : fork(tasks, stackOf(tasks));
  }

  /** The shared stream alone. */
  public Streams sharedOnly() {
    return of(shared, tasks);
  }

  /** Applies an operation that works sample by sample to the shared stream and to the stack. */
  public Streams map(UnaryOperator<Tensor> operation) {
    return new Streams(
        operation.apply(shared), tasks, forked, stack == null ? null : operation.apply(stack));
  }

  /** Sum, stream by stream. */
  public Streams plus(Streams other) {
    Tensor sum = shared.plus(other.shared);
    if (!hasForks() && !other.hasForks()) {
      return of(sum, tasks);
    }
    List<String> union = union(other);
    Tensor stacked = grouped(union).plus(other.grouped(union)); // F, B, ...
    return new Streams(sum, tasks, union, flat(stacked, sum));
  }

  private List<String> union(Streams other) {
    return tasks.stream().filter(t -> forked.contains(t) || other.forked.contains(t)).toList();
  }

  /**
   * The streams of some tasks as {@code [F, B, ...]}, or {@code [1, B, ...]} if none has forked.
   */
  private Tensor grouped(List<String> names) {
    if (!hasForks()) {
      return shared.unsqueeze(0);
    }
    Tensor all = forked.equals(names) ? forks() : stackOf(names);
    long[] shape = shared.shape();
    long[] grouped = new long[shape.length + 1];
    grouped[0] = names.size();
    System.arraycopy(shape, 0, grouped, 1, shape.length);
    return all.view(grouped);
  }

  private Tensor stackOf(List<String> names) {
    List<Tensor> streams = new ArrayList<>();
    names.forEach(name -> streams.add(of(name)));
    return Tensor.cat(streams, 0);
  }

  private static Tensor flat(Tensor grouped, Tensor shared) {
    long[] shape = shared.shape();
    shape[0] = -1;
    return grouped.view(shape);
  }
}
