package dev.mtlora.nn;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** {@code y = x W^T + b}; parameters {@code weight [out, in]}, {@code bias [out]} if any. */
public final class Linear extends Module {
  private final Tensor weight;
  private final @Nullable Tensor bias;

  private Linear(Tensor weight, @Nullable Tensor bias) {
    this.weight = parameter("weight", weight, Parameter.Role.WEIGHT);
    this.bias = bias == null ? null : parameter("bias", bias, Parameter.Role.BIAS);
  }

  /** A backbone's layer: weights truncated normal 0.02, bias 0. */
  public static Linear truncatedNormal(Rng rng, long in, long out, boolean bias) {
    return new Linear(Init.truncatedNormal(rng, out, in), bias ? Tensor.zeros(out) : null);
  }

  /** A layer whose output is 0 until it is trained, with bias. */
  public static Linear zeros(long in, long out) {
    return new Linear(Tensor.zeros(out, in), Tensor.zeros(out));
  }

  /** A decoder's layer: libtorch's default initialisation, with bias. */
  public static Linear standard(Rng rng, long in, long out) {
    return new Linear(Init.kaimingUniform(rng, out, in), Init.bias(rng, in, out));
  }

  /**
   * The layer with weight W + update, in tensors of its own; the sum is made in f64.
   *
   * @param update F64 {@code [out, in]}
   */
  public Linear plus(Tensor update) {
    Tensor sum = weight.to(DType.F64).plus(update).to(weight.dtype());
    return new Linear(sum, bias == null ? null : bias.copy());
  }

  /** The same in tensors of its own. */
  public Linear copy() {
    return new Linear(weight.copy(), bias == null ? null : bias.copy());
  }

  /** {@code [..., in] -> [..., out]}. */
  public Tensor forward(Tensor x) {
    return Functional.linear(x, weight, bias);
  }

  /**
   * {@code x (W + update)^T + b}, in one product.
   *
   * @param update {@code [out, in]}
   */
  public Tensor forward(Tensor x, Tensor update) {
    return Functional.linear(x, weight.plus(update), bias);
  }

  /** Columns of the weight. */
  public long in() {
    return weight.size(1);
  }

  /** Rows of the weight. */
  public long out() {
    return weight.size(0);
  }

  /** {@code [out, in]}. */
  public Tensor weight() {
    return weight;
  }

  /** {@code [out]}, or null without bias. */
  public @Nullable Tensor bias() {
    return bias;
  }
}
