package dev.mtlora.nn;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A convolution in either direction; parameters {@code weight} and, if any, {@code bias}. */
public abstract class Convolution extends Module {
  Convolution() {}

  /** {@code [B, in, H, W] -> [B, out, H', W']}. */
  public abstract Tensor forward(Tensor x);

  /**
   * A convolution that computes {@code scale y + shift} of this one's outputs y, in tensors of its
   * own.
   *
   * @param scale F64 {@code [out]}
   * @param shift F64 {@code [out]}
   */
  abstract Convolution then(Tensor scale, Tensor shift);

  /** The weight times a scale that has been shaped to stand at its output channels. */
  static Tensor scaled(Tensor weight, Tensor scale) {
    return weight.to(DType.F64).times(scale).to(weight.dtype());
  }

  /** {@code scale b + shift}, in f32; b is 0 if absent. */
  static Tensor moved(@Nullable Tensor bias, Tensor scale, Tensor shift) {
    Tensor moved = bias == null ? shift : bias.to(DType.F64).times(scale).plus(shift);
    return moved.to(DType.F32);
  }
}
