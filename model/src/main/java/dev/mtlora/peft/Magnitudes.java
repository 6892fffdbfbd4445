package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * DoRA (Liu et al., ICML 2024, arXiv 2402.09353, equation 5) for MTLoRA: the direction of every row
 * of an adapted weight is that of {@code W + s B A}, its length is learned,
 *
 * <pre>
 * shared stream   y   = g   (W x + s B A drop(x)) + b         g   = m   / |W + s B A|
 * task stream     y_t = g_t (W x + s_t B_t A_t x_t) + b       g_t = m_t / |W + s_t B_t A_t|
 * </pre>
 *
 * with one g per output. As the paper proposes (section 4.3), the lengths below the line are
 * constants for the gradient. With z the plain layer's output this is {@code z g + b (1 - g)},
 * which is z to the last bit as long as g is 1: m starts as the length.
 *
 * <p>Tasks get lengths of their own: what a task adds to W is another weight for it, a length is as
 * cheap as a bias, and the gain of an output is what a task wants first when it reads features made
 * for all.
 */
final class Magnitudes {
  private final Linear linear;

  Magnitudes(Linear linear) {
    this.linear = linear;
  }

  /** Lets a pair's lengths be what they are. */
  void start(LowRank pair, Tensor magnitude) {
    try (Scope scope = Scope.inference()) {
      magnitude.assignInPlace(length(pair));
    }
  }

  /** {@code [out]}, the same operations at the start and in every pass. */
  private Tensor length(LowRank pair) {
    return linear.weight().plus(pair.difference()).norm(1, false);
  }

  /** {@code m / |W + s B A|}, {@code [out]}. */
  private Tensor gain(LowRank pair, Tensor magnitude) {
    Tensor length;
    try (Scope scope = Scope.inference()) {
      length = scope.keep(length(pair));
    }
    return magnitude.dividedBy(length);
  }

  /**
   * The shared stream's output at its learned lengths; as it is without them.
   *
   * @param z {@code [..., out]}
   */
  Tensor apply(LowRank pair, Tensor z) {
    Tensor magnitude = pair.companions().magnitude();
    return magnitude == null ? z : scaled(z, gain(pair, magnitude));
  }

  /**
   * The same for the streams of tasks.
   *
   * @param z {@code [tasks, tokens, out]}
   */
  Tensor apply(List<LowRank> pairs, Tensor z) {
    List<Tensor> gains = new ArrayList<>();
    for (LowRank pair : pairs) {
      Tensor magnitude = pair.companions().magnitude();
      if (magnitude != null) {
        gains.add(gain(pair, magnitude));
      }
    }
    return gains.isEmpty() ? z : scaled(z, Tensor.stack(gains, 0).unsqueeze(1)); // tasks, 1, out
  }

  private Tensor scaled(Tensor z, Tensor gain) {
    Tensor bias = linear.bias();
    Tensor y = z.times(gain);
    return bias == null ? y : y.plus(bias.times(gain.negate().plus(1)));
  }

  /** What the shared stream adds to W, F64 {@code [out, in]}. */
  Tensor update(LowRank pair) {
    Tensor magnitude = pair.companions().magnitude();
    Tensor product = pair.product();
    if (magnitude == null) {
      return product;
    }
    Tensor weight = linear.weight().to(DType.F64);
    Tensor direction = weight.plus(product);
    Tensor gain = magnitude.to(DType.F64).dividedBy(direction.norm(1, false));
    return direction.times(gain.unsqueeze(1)).minus(weight);
  }
}
