package dev.mtlora.nn;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A square convolution; parameters {@code weight [out, in, k, k]} and {@code bias [out]} if any,
 * with libtorch's default initialisation.
 */
public final class Conv2d extends Convolution {
  private final Shape shape;
  private final Tensor weight;
  private final @Nullable Tensor bias;

  /**
   * The shape of a convolution.
   *
   * @param in input channels
   * @param out output channels
   * @param kernel side of the window
   * @param stride step
   * @param padding zeros on each side
   * @param dilation distance between taps
   */
  public record Shape(long in, long out, long kernel, long stride, long padding, long dilation) {
    /** A window of one pixel. */
    public static Shape pointwise(long in, long out) {
      return new Shape(in, out, 1, 1, 0, 1);
    }

    /** A 3x3 window that keeps the size, taps {@code dilation} apart. */
    public static Shape threeByThree(long in, long out, long dilation) {
      return new Shape(in, out, 3, 1, dilation, dilation);
    }

    /** Windows side by side that cut the picture into patches. */
    public static Shape patches(long in, long out, long side) {
      return new Shape(in, out, side, side, 0, 1);
    }
  }

  /** A convolution with or without bias. */
  public Conv2d(Rng rng, Shape shape, boolean bias) {
    this(
        shape,
        Init.kaimingUniform(rng, shape.out(), shape.in(), shape.kernel(), shape.kernel()),
        bias ? Init.bias(rng, shape.in() * shape.kernel() * shape.kernel(), shape.out()) : null);
  }

  private Conv2d(Shape shape, Tensor weight, @Nullable Tensor bias) {
    this.shape = shape;
    this.weight = parameter("weight", weight, Parameter.Role.WEIGHT);
    this.bias = bias == null ? null : parameter("bias", bias, Parameter.Role.BIAS);
  }

  @Override
  Conv2d then(Tensor scale, Tensor shift) {
    return new Conv2d(shape, scaled(weight, scale.view(-1, 1, 1, 1)), moved(bias, scale, shift));
  }

  /** {@code [B, in, H, W] -> [B, out, H', W']}. */
  @Override
  public Tensor forward(Tensor x) {
    return Functional.conv2d(x, weight, bias, shape.stride(), shape.padding(), shape.dilation());
  }

  /**
   * What a run of input channels contributes: {@code [B, channels, H, W] -> [B, out, H', W']}.
   *
   * @param x the channels from {@code start} on
   * @param withBias true to add the bias, once in all parts
   */
  public Tensor part(Tensor x, long start, boolean withBias) {
    Tensor own = weight.narrow(1, start, x.size(1));
    return Functional.conv2d(
        x, own, withBias ? bias : null, shape.stride(), shape.padding(), shape.dilation());
  }
}
