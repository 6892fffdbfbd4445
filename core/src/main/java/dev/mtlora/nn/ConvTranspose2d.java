package dev.mtlora.nn;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;

/**
 * A transposed convolution whose windows do not overlap; {@code weight [in, out, k, k]}, no bias.
 */
public final class ConvTranspose2d extends Module {
  private final long side;
  private final Tensor weight;

  /** Enlarges {@code side} times. */
  public ConvTranspose2d(Rng rng, long in, long out, long side) {
    this.side = side;
    this.weight = parameter("weight", Init.kaimingUniform(rng, in, out, side, side));
  }

  /** {@code [B, in, H, W] -> [B, out, side * H, side * W]}. */
  public Tensor forward(Tensor x) {
    return Functional.convTranspose2d(x, weight, side);
  }
}
