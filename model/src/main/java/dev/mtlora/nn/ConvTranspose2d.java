package dev.mtlora.nn;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A transposed convolution whose windows do not overlap; {@code weight [in, out, k, k]}; a {@code
 * bias [out]} only where a norm has been folded into it.
 */
public final class ConvTranspose2d extends Convolution {
  private final long side;
  private final Tensor weight;
  private final @Nullable Tensor bias;

  /** Enlarges {@code side} times. */
  public ConvTranspose2d(Rng rng, long in, long out, long side) {
    this(side, Init.kaimingUniform(rng, in, out, side, side), null);
  }

  private ConvTranspose2d(long side, Tensor weight, @Nullable Tensor bias) {
    this.side = side;
    this.weight = parameter("weight", weight, Parameter.Role.WEIGHT);
    this.bias = bias == null ? null : parameter("bias", bias, Parameter.Role.BIAS);
  }

  @Override
  ConvTranspose2d then(Tensor scale, Tensor shift) {
    return new ConvTranspose2d(
        side, scaled(weight, scale.view(1, -1, 1, 1)), moved(bias, scale, shift));
  }

  /** {@code [B, in, H, W] -> [B, out, side * H, side * W]}. */
  @Override
  public Tensor forward(Tensor x) {
    return Functional.convTranspose2d(x, weight, bias, side);
  }
}
