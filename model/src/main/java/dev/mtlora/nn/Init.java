package dev.mtlora.nn;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;

/** Initial values of parameters. */
public final class Init {
  private Init() {}

  /** Normal with deviation 0.02, cut at ±2 (not at ±2σ: in effect never), as the reference. */
  public static Tensor truncatedNormal(Rng rng, long... shape) {
    return Tensor.randn(rng, shape).timesInPlace(0.02);
  }

  /**
   * Kaiming-uniform with a = sqrt(5) (He et al. 2015, libtorch's default for linear layers and
   * convolutions): uniform within ±1/sqrt(fan-in).
   *
   * @param shape {@code [out, in, ...]}; the fan-in is the product of all but the first
   */
  public static Tensor kaimingUniform(Rng rng, long... shape) {
    return uniform(rng, fanIn(shape), shape);
  }

  /**
   * libtorch's default for the bias of a layer with this fan-in: uniform within ±1/sqrt(fan-in).
   */
  public static Tensor bias(Rng rng, long fanIn, long out) {
    return uniform(rng, fanIn, out);
  }

  private static Tensor uniform(Rng rng, long fanIn, long... shape) {
    double bound = fanIn == 0 ? 0 : 1 / Math.sqrt(fanIn);
    return Tensor.uniform(rng, -bound, bound, shape);
  }

  private static long fanIn(long... shape) {
    long product = 1;
    for (int i = 1; i < shape.length; i++) {
      product *= shape[i];
    }
    return product;
  }

  /** Ones. */
  public static Tensor ones(long... shape) {
    return Tensor.full(1, shape);
  }
}
