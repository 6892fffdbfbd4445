package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Bottleneck adapters (Houlsby et al., ICML 2019, arXiv 1902.00751, section 2.1): behind the
 * attention and behind the MLP of every block, before the residual,
 *
 * <pre>
 * y = x + U gelu(D x + d) + u        D [m, C], U [C, m]
 * </pre>
 *
 * The paper has one width, and names m; a hierarchical transformer's grows from stage to stage, and
 * m with it: m = C / reduction, at least 1. As in the paper the norms are trained too. U and u
 * start at 0 (the paper: near 0), so that the model starts as the base model, exactly.
 *
 * <p>Who owns D and U is the question that VL-Adapter (Sung et al., CVPR 2022, arXiv 2112.06825,
 * section 3.3) asks of several tasks: see {@link Sharing}. Norms are shared by the tasks in all
 * three. Its authors recommend the single adapter. The tables of dense multi-task papers seem to
 * mean that one by "VL-Adapter" and one for each task by "Adapter": of the 4.74 and 11.24 million
 * that MTLoRA's table 1 gives them, 1.94 are decoders, and a single adapter has a quarter of the
 * rest of four, a half-shared one five eighths. In the catalogue {@code adapter} is the single one,
 * {@code adapter-per-task} the multiple one, and {@code vl-adapter} the half-shared one, which is
 * that paper's own.
 *
 * <p>Adapters of tasks fork every task's stream behind the first attention, and the streams stay
 * apart through all stages: F tasks need F passes through the backbone, each with activations of
 * its own. The shared form costs two thin products a place. Nothing here folds into the backbone's
 * weights.
 *
 * @param reduction width by bottleneck, C / m
 * @param sharing who owns the adapters
 */
public record Adapter(int reduction, Sharing sharing) implements AdapterMethod {

  /** Who owns the two layers of an adapter. */
  public enum Sharing {
    /** One adapter serves all tasks; VL-Adapter's "single adapter". */
    SINGLE,
    /** D is shared by the tasks, U is each task's own; VL-Adapter's "half-shared adapters". */
    HALF_SHARED,
    /** An adapter for every task, as the baselines of dense multi-task papers; "multiple". */
    MULTIPLE
  }

  /** Checks the reduction. */
  public Adapter {
    Sizes.checkReduction(reduction);
  }

  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    return new Attached(this, List.copyOf(tasks), rng);
  }

  private static final class Attached extends Inserting {
    private final Adapter method;
    private final List<String> tasks;
    private final Rng rng;

    Attached(Adapter method, List<String> tasks, Rng rng) {
      this.method = method;
      this.tasks = tasks;
      this.rng = rng;
    }

    @Override
    public Optional<Insert> insert(Place place) {
      long width = place.width();
      long bottleneck = Math.max(1, width / method.reduction);
      return Optional.of(
          switch (method.sharing) {
            case SINGLE -> new Single(down(width, bottleneck), Linear.zeros(bottleneck, width));
            case HALF_SHARED -> new HalfShared(down(width, bottleneck), ups(width, bottleneck));
            case MULTIPLE ->
                new Multiple(
                    new TaskLinear(tasks, () -> down(width, bottleneck)), ups(width, bottleneck));
          });
    }

    private Linear down(long width, long bottleneck) {
      return Linear.truncatedNormal(rng, width, bottleneck, true);
    }

    private TaskLinear ups(long width, long bottleneck) {
      return new TaskLinear(tasks, () -> Linear.zeros(bottleneck, width));
    }
  }

  /** {@code y = x + U gelu(D x)} on every stream. */
  private static final class Single extends Insert {
    private final Linear down;
    private final Linear up;

    Single(Linear down, Linear up) {
      this.down = child("down", down);
      this.up = child("up", up);
    }

    @Override
    public Streams forward(Streams x) {
      return x.map(stream -> stream.plus(up.forward(Functional.gelu(down.forward(stream)))));
    }
  }

  /** {@code y_t = x_t + U_t gelu(D x_t)}. */
  private static final class HalfShared extends TaskInsert {
    private final Linear down;
    private final TaskLinear up;

    HalfShared(Linear down, TaskLinear up) {
      this.down = child("down", down);
      this.up = child("up", up);
    }

    @Override
    Tensor update(Tensor x, List<String> tasks) {
      return up.forward(Functional.gelu(down.forward(x)), tasks);
    }
  }

  /** {@code y_t = x_t + U_t gelu(D_t x_t)}. */
  private static final class Multiple extends TaskInsert {
    private final TaskLinear down;
    private final TaskLinear up;

    Multiple(TaskLinear down, TaskLinear up) {
      this.down = child("down", down);
      this.up = child("up", up);
    }

    @Override
    Tensor update(Tensor x, List<String> tasks) {
      return up.forward(Functional.gelu(down.forward(x, tasks)), tasks);
    }
  }
}
