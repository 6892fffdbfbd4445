package dev.mtlora.peft;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Polyhistor (Liu et al., NeurIPS 2022, arXiv 2210.03265): adapters of tasks, made by
 * hyper-networks that are small enough for dense vision.
 *
 * <ul>
 *   <li>Decomposed hyper-networks (section 4.1): a hyper-network that makes a whole matrix {@code
 *       [m, C]} from a task's vector v_t of size k has k m C weights. Two that make its factors
 *       have {@code k r (m + C)}: {@code W_t = P_t Q_t} with {@code P_t = H^P v_t [m, r]}, {@code
 *       Q_t = H^Q v_t [r, C]}.
 *   <li>Layer-wise scaling kernels (section 4.2): an adapter's size grows with the square of the
 *       width. A template {@code T [m_0, C_0]}, of the first stage's size, serves all layers, and
 *       each scales it up by a small matrix of its own: {@code W^l = S^l ⊗ T}, S^l {@code [s, s]},
 *       s = C_l / C_0.
 * </ul>
 *
 * Polyhistor has decomposed hyper-networks for every place; Polyhistor-Lite (section 4.3) has one
 * set, which makes every task's templates, and scaling kernels for every place, shared by the
 * tasks:
 *
 * <pre>
 * y_t = x_t + U_t gelu(D_t x_t)       D_t, U_t = P_t Q_t, or S ⊗ (P_t Q_t) with Lite
 * </pre>
 *
 * Adapters are behind the attention and behind the MLP; Lite has templates for each of the two.
 * What the paper's text leaves open, and is decided here: adapters have no biases; Q of U starts at
 * 0, so that the model starts as the base model; S starts as the identity; norms are trained, as in
 * the other adapter methods, shared by the tasks.
 *
 * <p>Few parameters are not few operations: every task's stream forks behind the first attention
 * and stays apart through all stages, so F tasks need F passes through the backbone, each with
 * activations of its own. Nothing folds.
 *
 * @param reduction width by bottleneck, C / m
 * @param rank r
 * @param embedding k, the size of the tasks' vectors
 * @param lite true for templates and scaling kernels
 */
public record Polyhistor(int reduction, int rank, int embedding, boolean lite)
    implements AdapterMethod {

  /** Checks the sizes. */
  public Polyhistor {
    Sizes.checkReduction(reduction);
    Sizes.check(rank, "rank");
    Sizes.check(embedding, "embedding");
  }

  @Override
  public void check(List<Site> sites, List<String> tasks) {
    List<Place> places = Place.all(sites);
    long first = places.get(0).width();
    for (Place place : places) {
      if (lite && place.width() % first != 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "polyhistor-lite scales a template of width %d, which does not divide the width %d of stage %d",
                first,
                place.width(),
                place.stage()));
      }
    }
  }

  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    check(sites, tasks);
    return new Attached(this, Place.all(sites), tasks, rng);
  }

  private long bottleneck(long width) {
    return Math.max(1, width / reduction);
  }

  private static final class Attached extends Inserting {
    private final Polyhistor method;
    private final long firstWidth;
    private final Rng rng;
    private final TaskEmbeddings embeddings;
    private final Map<Place.After, Pair> templates = new LinkedHashMap<>();

    Attached(Polyhistor method, List<Place> places, List<String> tasks, Rng rng) {
      this.method = method;
      this.firstWidth = places.get(0).width();
      this.rng = rng;
      embeddings = child("tasks", new TaskEmbeddings(tasks, method.embedding, rng));
      if (method.lite) {
        for (Place.After after : new TreeSet<>(places.stream().map(Place::after).toList())) {
          String name = "template" + (after.ordinal() + 1);
          templates.put(after, child(name, new Pair(method, firstWidth, rng)));
        }
      }
    }

    @Override
    public Optional<Insert> insert(Place place) {
      if (!method.lite) {
        return Optional.of(new Own(embeddings, new Pair(method, place.width(), rng)));
      }
      long s = place.width() / firstWidth;
      Pair template = Objects.requireNonNull(templates.get(place.after()));
      return Optional.of(new Scaled(embeddings, template, s));
    }
  }

  /** Decomposed hyper-networks for the two matrices of an adapter. */
  private static final class Pair extends Module {
    private final Generator downLeft;
    private final Generator downRight;
    private final Generator upLeft;
    private final Generator upRight;

    Pair(Polyhistor method, long width, Rng rng) {
      long k = method.embedding;
      long r = method.rank;
      long m = method.bottleneck(width);
      downLeft = child("down_left", Generator.random(rng, k, m, r));
      downRight = child("down_right", Generator.random(rng, k, r, width));
      upLeft = child("up_left", Generator.random(rng, k, width, r));
      upRight = child("up_right", Generator.zeros(k, r, m));
    }

    /** D of some tasks, {@code [F, m, C]}. */
    Tensor down(Tensor embeddings) {
      return downLeft.forward(embeddings).bmm(downRight.forward(embeddings));
    }

    /** U of some tasks, {@code [F, C, m]}. */
    Tensor up(Tensor embeddings) {
      return upLeft.forward(embeddings).bmm(upRight.forward(embeddings));
    }
  }

  /** {@code y_t = x_t + U_t gelu(D_t x_t)}. */
  private abstract static class Generated extends TaskInsert {
    private final TaskEmbeddings embeddings;

    Generated(TaskEmbeddings embeddings) {
      this.embeddings = embeddings;
    }

    abstract Tensor down(Tensor source);

    abstract Tensor up(Tensor source);

    @Override
    Tensor update(Tensor x, List<String> tasks) {
      Tensor source = embeddings.of(tasks); // F, k
      Tensor hidden = Functional.gelu(x.bmm(down(source).transpose(1, 2))); // F, B * N, m
      return hidden.bmm(up(source).transpose(1, 2)); // F, B * N, C
    }
  }

  /** With hyper-networks of this place. */
  private static final class Own extends Generated {
    private final Pair networks;

    Own(TaskEmbeddings embeddings, Pair networks) {
      super(embeddings);
      this.networks = child("", networks);
    }

    @Override
    Tensor down(Tensor source) {
      return networks.down(source);
    }

    @Override
    Tensor up(Tensor source) {
      return networks.up(source);
    }
  }

  /** With templates that all places share, scaled by this place's kernels. */
  private static final class Scaled extends Generated {
    private final Pair template;
    private final Tensor downScale;
    private final Tensor upScale;

    Scaled(TaskEmbeddings embeddings, Pair template, long s) {
      super(embeddings);
      this.template = template;
      downScale = weight("down_scale", identity((int) s), Owner.ADDED);
      upScale = weight("up_scale", identity((int) s), Owner.ADDED);
    }

    private static Tensor identity(int s) {
      float[] values = new float[s * s];
      for (int i = 0; i < s; i++) {
        values[i * s + i] = 1;
      }
      return Tensor.of(values, s, s);
    }

    @Override
    Tensor down(Tensor source) {
      return kronecker(downScale, template.down(source));
    }

    @Override
    Tensor up(Tensor source) {
      return kronecker(upScale, template.up(source));
    }
  }

  /** {@code S ⊗ T_f}, {@code [s, s] ⊗ [F, a, b] -> [F, s a, s b]}. */
  static Tensor kronecker(Tensor scale, Tensor templates) {
    long s = scale.size(0);
    long a = templates.size(1);
    long b = templates.size(2);
    return scale
        .view(1, s, 1, s, 1)
        .times(templates.view(-1, 1, a, 1, b))
        .reshape(-1, s * a, s * b);
  }
}
