package dev.mtlora.peft;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Compacter (Karimi Mahabadi et al., NeurIPS 2021, arXiv 2106.04647, equations 4 to 6): bottleneck
 * adapters {@code y = x + U gelu(D x + d) + u} whose weights are sums of Kronecker products,
 *
 * <pre>
 * W [out, in] = Σ_i A_i ⊗ (s_i t_i)     i = 1 .. n,  A_i [n, n],  s_i [out/n, r],  t_i [r, in/n]
 * </pre>
 *
 * with low-rank factors (r = 1 in the paper). The A_i are the slow weights: one set of them serves
 * D and U of all layers; s_i and t_i are each layer's own. Compacter has adapters behind attention
 * and MLP, Compacter++ behind the MLP alone (section 4). As in the paper the norms are trained too.
 *
 * <p>This is the variant that tasks share: one adapter serves all of them.
 *
 * <p>The bottleneck is C / reduction, rounded up to a multiple of n, for n has to divide both sides
 * of W. {@code t} of U and u start at 0, so that the model starts as the base model, exactly; A_i
 * is normal with variance 1/n and the factors are uniform, so that W varies as much as a plain
 * layer's: 1/(3 in). W is made anew in every pass, which is small beside the product with all
 * tokens. Nothing here folds into the backbone's weights.
 *
 * @param reduction width by bottleneck
 * @param products n, the number of products, and the side of the slow weights
 * @param rank r
 * @param plusPlus true for Compacter++
 */
public record Compacter(int reduction, int products, int rank, boolean plusPlus)
    implements AdapterMethod {

  /** Checks that all numbers are positive. */
  public Compacter {
    Sizes.checkReduction(reduction);
    Sizes.check(products, "products");
    Sizes.check(rank, "rank");
  }

  @Override
  public void check(List<Site> sites, List<String> tasks) {
    for (Place place : Place.all(sites)) {
      if (place.width() % products != 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "products must divide the width of every stage, but %d does not divide %d of stage %d",
                products,
                place.width(),
                place.stage()));
      }
    }
  }

  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    check(sites, tasks);
    return new Attached(this, rng);
  }

  private long bottleneck(long width) {
    long wanted = Math.max(1, width / reduction);
    return (wanted + products - 1) / products * products;
  }

  private static final class Attached extends Inserting {
    private final Compacter method;
    private final Rng rng;
    private final Tensor slow;

    Attached(Compacter method, Rng rng) {
      this.method = method;
      this.rng = rng;
      Tensor initial = Tensor.randn(rng, method.products, method.products, method.products);
      slow =
          weight(
              "slow", initial.timesInPlace(1 / Math.sqrt(method.products)), Owner.ADDED); // i, n, n
    }

    @Override
    public Optional<Insert> insert(Place place) {
      if (method.plusPlus && place.after() == Place.After.ATTENTION) {
        return Optional.empty();
      }
      long width = place.width();
      long bottleneck = method.bottleneck(width);
      return Optional.of(
          new Bottleneck(layer(width, bottleneck, false), layer(bottleneck, width, true)));
    }

    /** A layer with weights as spread as those of a plain one, or with weights that start at 0. */
    private KroneckerLinear layer(long in, long out, boolean zero) {
      int n = method.products;
      double leftBound = 1 / Math.sqrt(method.rank);
      double rightBound = zero ? 0 : Math.sqrt(3.0 / in);
      return new KroneckerLinear(
          slow,
          Tensor.uniform(rng, -leftBound, leftBound, n, out / n, method.rank),
          Tensor.uniform(rng, -rightBound, rightBound, n, method.rank, in / n));
    }
  }

  /** {@code y = x + U gelu(D x)} on every stream. */
  private static final class Bottleneck extends Insert {
    private final KroneckerLinear down;
    private final KroneckerLinear up;

    Bottleneck(KroneckerLinear down, KroneckerLinear up) {
      this.down = child("down", down);
      this.up = child("up", up);
    }

    @Override
    public Streams forward(Streams x) {
      Tensor toBottleneck = down.weight();
      Tensor toWidth = up.weight();
      return x.map(
          stream -> {
            Tensor hidden = Functional.gelu(down.forward(stream, toBottleneck));
            return stream.plus(up.forward(hidden, toWidth));
          });
    }
  }

  /** {@code y = (Σ_i A_i ⊗ (s_i t_i)) x + b}. */
  static final class KroneckerLinear extends Module {
    private final Tensor slow;
    private final Tensor left;
    private final Tensor right;
    private final Tensor bias;

    /**
     * A layer with bias 0.
     *
     * @param slow A, {@code [n, n, n]}; belongs to the adaptation
     * @param left s, {@code [n, out/n, r]}
     * @param right t, {@code [n, r, in/n]}
     */
    KroneckerLinear(Tensor slow, Tensor left, Tensor right) {
      this.slow = slow;
      this.left = weight("left", left, Owner.ADDED);
      this.right = weight("right", right, Owner.ADDED);
      this.bias = parameter("bias", Tensor.zeros(left.size(0) * left.size(1)), Parameter.Role.BIAS);
    }

    /** W, {@code [out, in]}. */
    Tensor weight() {
      long n = slow.size(0);
      long rows = left.size(1);
      long columns = right.size(2);
      Tensor products = left.bmm(right).view(n, rows * columns); // i, out/n · in/n
      return slow.view(n, n * n)
          .transpose(0, 1)
          .matmul(products) // n · n, out/n · in/n
          .view(n, n, rows, columns)
          .permute(0, 2, 1, 3) // n, out/n, n, in/n
          .reshape(n * rows, n * columns);
    }

    /** {@code [..., in] -> [..., out]} with a W that {@link #weight} has made. */
    Tensor forward(Tensor x, Tensor weight) {
      return Functional.linear(x, weight, bias);
    }
  }
}
