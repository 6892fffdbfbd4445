package dev.mtlora.peft;

import dev.mtlora.nn.Dropout;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A layer where tasks fork. The frozen product runs once, on the shared input; the low-rank
 * products of all tasks are one batched product over the stacked streams. Unequal ranks are padded
 * with zeros for the call, the parameters stay as they are.
 *
 * <pre>
 * base = W x + b
 * y    = base + s B A drop(x)                   (addition: base + LN(Σ_t y_t))
 * y_t  = base + s_t B_t A_t x_t                 (matrixv2: y + s_t B_t A_t x_t)
 * </pre>
 */
final class TaskLora extends LowRankProjection {
  private final MtLora.Mode mode;
  private final Linear linear;
  private final @Nullable LowRank shared;
  private final Map<String, LowRank> perTask;
  private final Dropout dropout;
  private final @Nullable LayerNorm norm;

  private TaskLora(
      MtLora.Mode mode,
      Linear linear,
      @Nullable LowRank shared,
      Map<String, LowRank> perTask,
      double dropout) {
    super(linear);
    this.mode = mode;
    this.linear = child("linear", linear);
    this.shared = shared;
    this.perTask = perTask;
    this.dropout = child("dropout", new Dropout(dropout));
    this.norm =
        mode == MtLora.Mode.ADDITION
            ? child("lora_norm", new LayerNorm(linear.out()), Owner.ADDED)
            : null;
    register();
  }

  static TaskLora of(MtLora method, Linear linear, Site site, List<String> tasks, Rng rng) {
    boolean noShared = method.mode() == MtLora.Mode.ADDITION || method.sharedRank(site) == 0;
    Map<String, LowRank> perTask = new LinkedHashMap<>();
    tasks.forEach(task -> perTask.put(task, LowRank.task(method, site, task, rng)));
    LowRank shared = noShared ? null : LowRank.shared(method, site, rng);
    return new TaskLora(method.mode(), linear, shared, perTask, method.dropout(site));
  }

  private void register() {
    if (shared != null) {
      weight("lora_shared_A", shared.a(), Owner.ADDED);
      weight("lora_shared_B", shared.b(), Owner.ADDED);
      if (shared.learnedScale() != null) {
        weight("lora_shared_scale", shared.learnedScale(), Owner.ADDED);
      }
      companions("lora_shared_%s", shared, Owner.ADDED);
    }
    perTask.forEach((task, pair) -> weight("lora_tasks_A." + task, pair.a(), Owner.added(task)));
    perTask.forEach((task, pair) -> weight("lora_tasks_B." + task, pair.b(), Owner.added(task)));
    perTask.forEach(
        (task, pair) -> {
          if (pair.learnedScale() != null) {
            weight("lora_tasks_scale." + task, pair.learnedScale(), Owner.added(task));
          }
        });
    perTask.forEach((task, pair) -> companions("lora_tasks_%s." + task, pair, Owner.added(task)));
  }

  /**
   * In matrixv2 every stream gets the shared update, which therefore folds into W; in matrix the
   * tasks read W without it. What the tasks add to a product of the shared input depends on their
   * own streams and folds nowhere.
   */
  @Override
  protected Optional<Projection> folded() {
    if (mode != MtLora.Mode.MATRIXV2 || shared == null) {
      return Optional.empty();
    }
    Map<String, LowRank> copies = new LinkedHashMap<>();
    perTask.forEach((task, pair) -> copies.put(task, pair.copy()));
    return Optional.of(new TaskLora(mode, linear.plus(shared.product()), null, copies, 0));
  }

  /**
   * Where tasks add nothing to the shared stream, its update is all that a plain layer needs. In
   * addition mode it depends on what all tasks make of it.
   */
  @Override
  protected Optional<Projection> sharedAlone() {
    if (mode == MtLora.Mode.ADDITION) {
      return Optional.empty();
    }
    return standIn()
        .map(Projection::sharedAlone)
        .orElseGet(() -> Optional.of(onSharedStream(sum())));
  }

  /** {@code W + s B A}, or a copy of W. */
  private Linear sum() {
    return shared == null ? linear.copy() : linear.plus(magnitudes().update(shared));
  }

  @Override
  public Streams forward(Streams x) {
    return standIn().map(folded -> folded.forward(x)).orElseGet(() -> adapted(x));
  }

  private Streams adapted(Streams x) {
    long[] shape = x.shared().shape();
    shape[shape.length - 1] = linear.out();
    Tensor flat = x.shared().reshape(-1, linear.in()); // tokens, in
    Tensor input = dropout.forward(flat);
    Tensor base = linear.forward(flat); // tokens, out
    if (x.tasks().isEmpty()) {
      return Streams.of(updated(base, input).view(shape), x.tasks());
    }
    boolean afterUpdate = mode == MtLora.Mode.MATRIXV2; // else before it is written over the base
    Tensor y = afterUpdate ? updated(base, input) : base;
    Tensor tasks = taskStreams(y, x, input); // F, tokens, out
    if (norm != null) {
      y = base.plus(norm.forward(tasks.sum(false, 0)));
    } else if (!afterUpdate) {
      y = updated(base, input);
    }
    return new Streams(y.view(shape), x.tasks(), x.tasks(), stacked(tasks, shape));
  }

  /** The shared stream, written over the base. */
  private Tensor updated(Tensor base, Tensor input) {
    return shared == null ? base : magnitudes().apply(shared, shared.addTo(base, input));
  }

  /** {@code from + s_t B_t A_t x_t} of every task, {@code [F, tokens, out]}. */
  private Tensor taskStreams(Tensor from, Streams x, Tensor input) {
    List<LowRank> pairs = x.tasks().stream().map(this::pair).toList();
    int rank = pairs.stream().mapToInt(LowRank::rank).max().orElse(0);
    Tensor bases = from.unsqueeze(0).expand(pairs.size(), -1, -1);
    if (rank == 0) {
      return magnitudes().apply(pairs, bases.copy()); // the base is about to be written over
    }
    Tensor a = Tensor.stack(pairs.stream().map(p -> padded(p.a(), 0, rank)).toList(), 0);
    Tensor b = Tensor.stack(pairs.stream().map(p -> padded(p.scaledB(), 1, rank)).toList(), 0);
    Tensor low = x.hasForks() ? ownInputs(x, input, a) : sharedInput(input, a); // F, tokens, r
    return magnitudes().apply(pairs, bases.plusBmm(low, b.transpose(1, 2)));
  }

  private LowRank pair(String task) {
    LowRank pair = perTask.get(task);
    if (pair == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the task %s has no adapters here; there are %s",
              task,
              perTask.keySet()));
    }
    return pair;
  }

  /** {@code A_t x} for tasks that read the same x: one product with all A's under each other. */
  private static Tensor sharedInput(Tensor x, Tensor a) {
    long tasks = a.size(0);
    long rank = a.size(1);
    Tensor low = Functional.linear(x, a.view(tasks * rank, -1), null); // tokens, F·r
    return low.view(-1, tasks, rank).permute(1, 0, 2);
  }

  /** {@code A_t x_t}: forked tasks read their own stream, the others the shared input. */
  private static Tensor ownInputs(Streams x, Tensor input, Tensor a) {
    Tensor own = x.forks();
    if (!x.forked().equals(x.tasks())) {
      List<Tensor> inputs = new ArrayList<>();
      Tensor shaped = input.view(x.shared().shape());
      x.tasks().forEach(task -> inputs.add(x.forked().contains(task) ? x.of(task) : shaped));
      own = Tensor.cat(inputs, 0);
    }
    return own.view(a.size(0), -1, own.size(-1)).bmm(a.transpose(1, 2));
  }

  private static Tensor padded(Tensor matrix, int dimension, int rank) {
    long missing = rank - matrix.size(dimension);
    if (missing == 0) {
      return matrix;
    }
    long[] shape = matrix.shape();
    shape[dimension] = missing;
    Tensor zeros = Tensor.zeros(matrix.dtype(), shape).to(matrix.device());
    return Tensor.cat(List.of(matrix, zeros), dimension);
  }

  private static Tensor stacked(Tensor tasks, long[] shape) {
    long[] all = shape.clone();
    all[0] *= tasks.size(0);
    return tasks.view(all); // F·B, N, out
  }
}
