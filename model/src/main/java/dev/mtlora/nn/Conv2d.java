package dev.mtlora.nn;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A square convolution; parameters {@code weight [out, in / groups, k, k]} and {@code bias [out]}
 * if any, with libtorch's default initialisation.
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
   * @param groups parts of the channels that do not see each other: one, or every channel alone
   */
  public record Shape(
      long in, long out, long kernel, long stride, long padding, long dilation, long groups) {
    /** All channels see each other. */
    public Shape(long in, long out, long kernel, long stride, long padding, long dilation) {
      this(in, out, kernel, stride, padding, dilation, 1);
    }

    /** A window for every channel alone, which keeps the size. */
    public static Shape depthwise(long channels, long kernel) {
      return new Shape(channels, channels, kernel, 1, kernel / 2, 1, channels);
    }

    private long inOfGroup() {
      return in / groups;
    }

    private Functional.Steps steps() {
      return new Functional.Steps(stride, padding, dilation, groups);
    }

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
        Init.kaimingUniform(rng, shape.out(), shape.inOfGroup(), shape.kernel(), shape.kernel()),
        bias
            ? Init.bias(rng, shape.inOfGroup() * shape.kernel() * shape.kernel(), shape.out())
            : null);
  }

  /** A convolution whose weights come from a normal distribution; the bias starts at 0. */
  public static Conv2d normal(Shape shape, Tensor weight) {
    return new Conv2d(shape, weight, Tensor.zeros(shape.out()));
  }

  /**
   * A convolution whose weights come from a normal distribution of variance 2 / (outputs of a
   * value, {@code k² out / groups}), He et al. 2015; the bias starts at 0.
   */
  public static Conv2d fanOut(Rng rng, Shape shape) {
    double outputs = (double) shape.kernel() * shape.kernel() * shape.out() / shape.groups();
    Tensor normal =
        Tensor.randn(rng, shape.out(), shape.inOfGroup(), shape.kernel(), shape.kernel());
    return normal(shape, normal.timesInPlace(Math.sqrt(2 / outputs)));
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
    return Functional.conv2d(x, weight, bias, shape.steps());
  }

  /**
   * What a run of input channels contributes: {@code [B, channels, H, W] -> [B, out, H', W']}.
   *
   * @param x the channels from {@code start} on
   * @param withBias true to add the bias, once in all parts
   */
  public Tensor part(Tensor x, long start, boolean withBias) {
    Tensor own = weight.narrow(1, start, x.size(1));
    return Functional.conv2d(x, own, withBias ? bias : null, shape.steps());
  }
}
