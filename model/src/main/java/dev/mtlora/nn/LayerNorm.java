package dev.mtlora.nn;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;

/** Layer normalisation over the last dimension (Ba et al. 2016), with weight and bias. */
public final class LayerNorm extends Module {
  private static final double EPS = 1e-5;

  private final double eps;
  private final Tensor weight;
  private final Tensor bias;

  /** Over {@code channels} values, eps 1e-5. */
  public LayerNorm(long channels) {
    this(channels, EPS);
  }

  /**
   * Over {@code channels} values.
   *
   * @param eps added to the variance
   */
  public LayerNorm(long channels, double eps) {
    this(Init.ones(channels), eps);
  }

  private LayerNorm(Tensor initial, double eps) {
    this.eps = eps;
    weight = parameter("weight", initial, Parameter.Role.NORM);
    bias = parameter("bias", Tensor.zeros(initial.count()), Parameter.Role.NORM_BIAS);
  }

  /** A norm whose output is 0 until it is trained, eps 1e-5. */
  public static LayerNorm zeros(long channels) {
    return new LayerNorm(Tensor.zeros(channels), EPS);
  }

  /** {@code [..., C] -> [..., C]}. */
  public Tensor forward(Tensor x) {
    return Functional.layerNorm(x, weight, bias, eps);
  }
}
