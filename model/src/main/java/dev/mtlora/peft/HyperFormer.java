package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * HyperFormer++ (Karimi Mahabadi et al., ACL 2021, arXiv 2106.04489, sections 2.2 to 2.4): the
 * adapters of all tasks and layers are made by hyper-networks, from a learned vector for the task,
 * one for the layer and one for the place in it, behind the attention or behind the MLP:
 *
 * <pre>
 * I_t = h(z_t, l_i, p_j)                              two linear layers, ReLU between
 * (D_t, U_t) = (W^D I_t, W^U I_t), (γ_t, β_t) = (W^γ I_t, W^β I_t)
 * y_t = x_t + LN_t(U_t gelu(D_t x_t + d_t) + u_t)     scale γ_t, shift β_t
 * </pre>
 *
 * The paper's transformer has one width, and so one set of W for all layers. The width of a
 * hierarchical one differs from stage to stage: there is a set of W for every stage, shared by its
 * blocks and both places, while h and the three kinds of vectors are shared by all stages. The
 * hyper-networks are therefore large, t times an adapter's size for each stage; Polyhistor's
 * criticism of the method, and the reason for {@link Polyhistor}.
 *
 * <p>Where we differ: (1) W^γ and W^β start at 0, so that the model starts as the base model; there
 * they are random. (2) The hidden layer of h is as wide as the vectors, t. As there, biases d_t and
 * u_t are generated too, and the backbone's norms are trained, shared by the tasks.
 *
 * <p>Every task's stream forks behind the first attention and stays apart through all stages: F
 * tasks need F passes through the backbone, each with activations of its own. Nothing folds.
 *
 * @param reduction width by bottleneck, C / m, by stage
 * @param embedding t, the size of the vectors
 */
public record HyperFormer(int reduction, int embedding) implements AdapterMethod {
  private static final double EPS = 1e-5;

  /** Checks the sizes. */
  public HyperFormer {
    Sizes.checkReduction(reduction);
    Sizes.check(embedding, "embedding");
  }

  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    return new Attached(this, Place.all(sites), tasks, rng);
  }

  private static final class Attached extends Inserting {
    private final List<Layer> layers;
    private final Source source;
    private final Map<Integer, Networks> stages = new LinkedHashMap<>();

    Attached(HyperFormer method, List<Place> places, List<String> tasks, Rng rng) {
      layers = places.stream().map(Layer::of).distinct().toList();
      source = child("source", new Source(method.embedding, layers.size(), tasks, rng));
      for (Place place : places) {
        stages.computeIfAbsent(
            place.stage(),
            stage -> child("stages." + stage, new Networks(method, place.width(), rng)));
      }
    }

    @Override
    public Optional<Insert> insert(Place place) {
      Networks networks = Objects.requireNonNull(stages.get(place.stage()), "unknown stage");
      int layer = layers.indexOf(Layer.of(place));
      return Optional.of(new Generated(tasks -> source.of(tasks, layer, place.after()), networks));
    }
  }

  /** A block; some have one place and some two. */
  private record Layer(int stage, int block) {
    static Layer of(Place place) {
      return new Layer(place.stage(), place.block());
    }
  }

  /** I of a task, a layer and a place in it. */
  private static final class Source extends Module {
    private final TaskEmbeddings taskEmbeddings;
    private final Tensor layers;
    private final Tensor positions;
    private final Linear hidden;
    private final Linear out;

    Source(long t, long layerCount, List<String> tasks, Rng rng) {
      taskEmbeddings = child("tasks", new TaskEmbeddings(tasks, t, rng));
      layers = weight("layers", Tensor.randn(rng, layerCount, t), Owner.ADDED);
      positions =
          weight("positions", Tensor.randn(rng, Place.After.values().length, t), Owner.ADDED);
      hidden = child("hidden", Linear.standard(rng, 3 * t, t));
      out = child("out", Linear.standard(rng, t, t));
    }

    /** {@code [F, t]}. */
    Tensor of(List<String> tasks, int layer, Place.After after) {
      Tensor layerRow = layers.narrow(0, layer, 1).expand(tasks.size(), -1);
      Tensor positionRow = positions.narrow(0, after.ordinal(), 1).expand(tasks.size(), -1);
      Tensor joined = Tensor.cat(List.of(taskEmbeddings.of(tasks), layerRow, positionRow), 1);
      return out.forward(Functional.relu(hidden.forward(joined)));
    }
  }

  /** The hyper-networks of one stage. */
  private static final class Networks extends Module {
    private final Generator down;
    private final Generator downBias;
    private final Generator up;
    private final Generator upBias;
    private final Generator scale;
    private final Generator shift;

    Networks(HyperFormer method, long width, Rng rng) {
      long t = method.embedding;
      long m = Math.max(1, width / method.reduction);
      down = child("down", Generator.random(rng, t, m, width));
      downBias = child("down_bias", Generator.zeros(t, 1, m));
      up = child("up", Generator.random(rng, t, width, m));
      upBias = child("up_bias", Generator.zeros(t, 1, width));
      scale = child("scale", Generator.zeros(t, 1, width));
      shift = child("shift", Generator.zeros(t, 1, width));
    }

    /** LN_t(U_t gelu(D_t x_t + d_t) + u_t), {@code [F, tokens, C]} of source {@code [F, t]}. */
    Tensor adapt(Tensor x, Tensor source) {
      Tensor thin = x.bmm(down.forward(source).transpose(1, 2)).plus(downBias.forward(source));
      Tensor wide =
          Functional.gelu(thin)
              .bmm(up.forward(source).transpose(1, 2))
              .plus(upBias.forward(source));
      return normed(wide, scale.forward(source).squeeze(1), shift.forward(source).squeeze(1));
    }

    private static Tensor normed(Tensor x, Tensor scales, Tensor shifts) {
      List<Tensor> tasks = new ArrayList<>();
      for (int f = 0; f < x.size(0); f++) {
        tasks.add(
            Functional.layerNorm(x.select(0, f), scales.select(0, f), shifts.select(0, f), EPS));
      }
      return Tensor.stack(tasks, 0);
    }
  }

  /** Where I comes from. */
  @FunctionalInterface
  private interface SourceOf {
    Tensor of(List<String> tasks);
  }

  /** {@code y_t = x_t + A_t(x_t)}; owns nothing. */
  private static final class Generated extends TaskInsert {
    private final SourceOf source;
    private final Networks networks;

    Generated(SourceOf source, Networks networks) {
      this.source = source;
      this.networks = networks;
    }

    @Override
    Tensor update(Tensor x, List<String> tasks) {
      return networks.adapt(x, source.of(tasks));
    }
  }
}
