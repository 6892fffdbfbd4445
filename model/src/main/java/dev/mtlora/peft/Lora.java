package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * LoRA (Hu et al., ICLR 2022, arXiv 2106.09685, equation 3): {@code y = W x + b + s B A x} with W
 * frozen, A {@code [r, in]} Kaiming-uniform, B {@code [out, r]} zeros. Nothing else in the backbone
 * is trained. Where queries, keys and values are one layer they get one pair. The paper adapts
 * attention weights only; which layers is a setting here, and s multiplies directly, as in {@link
 * MtLora}.
 *
 * <p>Two forms for several tasks:
 *
 * <ul>
 *   <li>shared: one pair serves all tasks. It folds into W, and then costs nothing.
 *   <li>per task: {@code y_t = W x_t + b + s B_t A_t x_t}, as the baseline of dense multi-task
 *       papers. Each task has a stream of its own from the first adapted layer to the last stage,
 *       and W sees every one of them: F tasks need F passes through the backbone, each with
 *       activations of its own. MTLoRA's W only ever sees the shared stream. This form folds
 *       nowhere: each task would need its own W.
 * </ul>
 *
 * @param rank the same everywhere
 * @param scale s
 * @param slots the layers to adapt
 * @param perTask true for the second form
 */
public record Lora(int rank, double scale, Set<Slot> slots, boolean perTask)
    implements AdapterMethod {

  /** Checks the rank, and that there is something to adapt. */
  public Lora {
    slots = Slot.set(slots);
    Sizes.check(rank, "rank");
    if (slots.isEmpty()) {
      throw new IllegalArgumentException(
          "slots names no layer to adapt; the method 'frozen' adapts none");
    }
  }

  @Override
  public void check(List<Site> sites, List<String> tasks) {
    Slot.requireIn(slots, sites);
  }

  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    check(sites, tasks);
    return new Attached(this, List.copyOf(tasks), rng);
  }

  private static final class Attached extends Adaptation {
    private final Lora method;
    private final List<String> tasks;
    private final Rng rng;

    Attached(Lora method, List<String> tasks, Rng rng) {
      this.method = method;
      this.tasks = tasks;
      this.rng = rng;
    }

    @Override
    public Projection adapt(Linear base, Site site) {
      if (!Slot.anyNames(method.slots, site)) {
        return Projection.onEveryStream(base);
      }
      if (!method.perTask) {
        return new SharedLora(base, pair(site), 0);
      }
      Map<String, LowRank> pairs = new LinkedHashMap<>();
      tasks.forEach(task -> pairs.put(task, pair(site)));
      return new PerTask(base, pairs);
    }

    private LowRank pair(Site site) {
      return LowRank.of(site, method.rank, method.scale, false, rng);
    }

    @Override
    public boolean trains(Parameter parameter) {
      return parameter.owner().isAdded();
    }
  }

  /** {@code y_t = W x_t + b + s B_t A_t x_t}. */
  private static final class PerTask extends Projection {
    private final Linear linear;
    private final Map<String, LowRank> pairs;

    PerTask(Linear linear, Map<String, LowRank> pairs) {
      this.linear = child("linear", linear);
      this.pairs = pairs;
      pairs.forEach((task, pair) -> weight("lora_tasks_A." + task, pair.a(), Owner.added(task)));
      pairs.forEach((task, pair) -> weight("lora_tasks_B." + task, pair.b(), Owner.added(task)));
    }

    @Override
    public Streams forward(Streams x) {
      return x.apart().map(stack -> updated(linear.forward(stack), stack, x.tasks()));
    }

    /** {@code base + s B_t A_t x_t} of every task, {@code [F * B, N, out]}. */
    private Tensor updated(Tensor base, Tensor x, List<String> tasks) {
      List<LowRank> used = tasks.stream().map(this::pair).toList();
      Tensor a = Tensor.stack(used.stream().map(LowRank::a).toList(), 0); // F, r, in
      Tensor b = Tensor.stack(used.stream().map(LowRank::scaledB).toList(), 0); // F, out, r
      Tensor low = x.view(used.size(), -1, a.size(2)).bmm(a.transpose(1, 2));
      return base.view(used.size(), -1, b.size(1))
          .plusBmm(low, b.transpose(1, 2))
          .view(base.shape());
    }

    private LowRank pair(String task) {
      LowRank pair = pairs.get(task);
      if (pair == null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the task %s has no adapters here; there are %s",
                task,
                pairs.keySet()));
      }
      return pair;
    }
  }
}
