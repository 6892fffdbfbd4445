package dev.mtlora.tensor;

import java.util.Locale;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** The operations that layers and losses are made of, as functions of tensors. */
public final class Functional {
  private static final Op LINEAR = Op.of("linear");

  private Functional() {}

  /** {@code x W^T + b}: x {@code [..., in]}, W {@code [out, in]}, b {@code [out]} or none. */
  public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    return Work.counted(
        Products.call(
            LINEAR, (a, w, b) -> torch.linear(a, w, Products.optional(b)), x, weight, bias),
        () -> x.size(-1),
        x,
        weight);
  }

  /**
   * Steps of a convolution, the same in both directions.
   *
   * @param stride step
   * @param padding zeros on each side
   * @param dilation distance between taps
   * @param groups parts of the channels that do not see each other: one, or every channel alone
   */
  public record Steps(long stride, long padding, long dilation, long groups) {}

  /** Convolution of {@code [B, C, H, W]} with {@code [out, C / groups, k, k]}. */
  public static Tensor conv2d(Tensor x, Tensor weight, @Nullable Tensor bias, Steps by) {
    if (by.groups() > 1 && (by.groups() != x.size(1) || by.groups() != weight.size(0))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "conv2d takes one group or a group for every channel, in and out, but got %d for %d"
                  + " channels in and %d out",
              by.groups(),
              x.size(1),
              weight.size(0)));
    }
    long[] steps = {by.stride(), by.stride()};
    long[] zeros = {by.padding(), by.padding()};
    long[] distances = {by.dilation(), by.dilation()};
    Products.Kernel kernel =
        (a, w, b) -> {
          long groups = by.groups() == 1 ? 1 : a.size(1); // as many as there are, zeros included
          return torch.conv2d(a, w, Products.optional(b), steps, zeros, distances, groups);
        };
    Op op = Op.of("conv2d", by.stride(), by.padding(), by.dilation(), by.groups());
    OneDnn.Convolution convolution = (a, w, b) -> Products.convolve(op, kernel, a, w, b);
    Tensor y = OneDnn.call(op, convolution, x, weight, bias, 0);
    return Work.counted(y, () -> weight.count() / weight.size(0), x, weight);
  }

  /** Transposed convolution of {@code [B, C, H, W]} with {@code [C, out, k, k]}, no padding. */
  public static Tensor convTranspose2d(
      Tensor x, Tensor weight, @Nullable Tensor bias, long stride) {
    long[] steps = {stride, stride};
    long[] none = {0, 0};
    long[] one = {1, 1};
    Products.Kernel kernel =
        (a, w, b) -> torch.conv_transpose2d(a, w, Products.optional(b), steps, none, none, 1, one);
    Op op = Op.of("convTranspose2d", stride);
    OneDnn.Convolution convolution = (a, w, b) -> Products.convolve(op, kernel, a, w, b);
    Tensor y = OneDnn.call(op, convolution, x, weight, bias, 1);
    Work.counted(x, () -> weight.count() / weight.size(0), x, weight);
    return y;
  }

  /** Layer normalisation over the last dimension (Ba et al. 2016), weight and bias {@code [C]}. */
  public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
    long[] last = {x.size(-1)};
    return Tensor.op(
        Op.real("layerNorm", eps),
        () ->
            torch.layer_norm(
                x.handle(), last, Tensor.optional(weight), Tensor.optional(bias), eps, true),
        x,
        weight,
        bias);
  }

  /**
   * Batch normalisation of {@code [B, C, ...]} (Ioffe and Szegedy 2015).
   *
   * @param training true: statistics of this batch, which also move the running ones; false: the
   *     running ones
   */
  public static Tensor batchNorm(Tensor x, BatchNormState state, boolean training) {
    return Tensor.op(
        Op.real("batchNorm", state.eps()),
        () ->
            torch.batch_norm(
                x.handle(),
                Tensor.optional(state.weight()),
                Tensor.optional(state.bias()),
                Tensor.optional(state.runningMean()),
                Tensor.optional(state.runningVar()),
                training,
                state.momentum(),
                state.eps(),
                true),
        x,
        state.weight(),
        state.bias(),
        state.runningMean(),
        state.runningVar());
  }

  /**
   * What batch normalisation reads and moves; all tensors {@code [C]}.
   *
   * @param weight scale
   * @param bias shift
   * @param runningMean moving average of the means
   * @param runningVar moving average of the unbiased variances
   * @param momentum share of the new batch in the moving averages
   * @param eps added to the variance
   */
  public record BatchNormState(
      Tensor weight,
      Tensor bias,
      Tensor runningMean,
      Tensor runningVar,
      double momentum,
      double eps) {}

  /** The exact GELU, {@code x Φ(x)} with erf (Hendrycks and Gimpel 2016). */
  public static Tensor gelu(Tensor x) {
    return Tensor.op("gelu", () -> torch.gelu(x.handle()), x);
  }

  /** {@code max(x, 0)}. */
  public static Tensor relu(Tensor x) {
    return Tensor.op("relu", () -> torch.relu(x.handle()), x);
  }

  /** Softmax over the last dimension. */
  public static Tensor softmax(Tensor x) {
    return Tensor.op("softmax", () -> x.handle().softmax(-1), x);
  }

  /** Logarithm of the softmax over one dimension. */
  public static Tensor logSoftmax(Tensor x, int dimension) {
    return Tensor.op(Op.of("logSoftmax", dimension), () -> x.handle().log_softmax(dimension), x);
  }

  /** {@code log(sigmoid(x))}, stable for large |x|. */
  public static Tensor logSigmoid(Tensor x) {
    return Tensor.op("logSigmoid", () -> torch.log_sigmoid(x.handle()), x);
  }

  /** Zeroes values with probability p and divides the others by 1 - p; draws from the engine. */
  public static Tensor dropout(Tensor x, double p) {
    if (!x.device().equals(Device.CPU)) {
      return Tensor.op("dropout", () -> torch.dropout(x.handle(), p, true), x);
    }
    Tensor mask = Tensor.dropoutMask(p, x.shape());
    return x.times(x.dtype() == DType.F32 ? mask : mask.to(x.dtype()));
  }

  /** Dropout of whole channels of {@code [B, C, H, W]}. */
  public static Tensor channelDropout(Tensor x, double p) {
    return Tensor.op("channelDropout", () -> torch.feature_dropout(x.handle(), p, true), x);
  }

  /**
   * The index of the channel with the largest value, the first of equals, in f32: {@code [B, C, H,
   * W] -> [B, 1, H, W]}. Plane by plane, which takes a tenth of the time of {@link Tensor#argmax}
   * over a dimension that is not the last.
   */
  public static Tensor largestChannel(Tensor x) {
    return Recording.as(Op.of("largestChannel"), () -> largestPlane(x), x);
  }

  private static Tensor largestPlane(Tensor x) {
    try (Scope all = Scope.inference()) {
      Tensor largest = x.narrow(1, 0, 1).copy();
      Tensor index = largest.to(DType.F32).times(0);
      for (long c = 1; c < x.size(1); c++) {
        try (Scope one = Scope.inference()) {
          Tensor plane = x.narrow(1, c, 1);
          Tensor above = plane.minus(largest).gt(0);
          index.assignInPlace(above.choose(Tensor.full(c, 1).to(x.device()), index));
          largest.assignInPlace(plane.maximum(largest));
        }
      }
      return all.keep(index);
    }
  }

  /** Bilinear resize of {@code [B, C, H, W]}, corners not aligned. */
  public static Tensor resizeBilinear(Tensor x, long height, long width) {
    if (x.size(-2) == height && x.size(-1) == width) {
      return x;
    }
    return Tensor.op(
        Op.of("resizeBilinear", height, width),
        () ->
            torch.upsample_bilinear2d(
                x.handle(),
                new long[] {height, width},
                false,
                new DoubleOptional(),
                new DoubleOptional()),
        x);
  }

  /** Bicubic resize of {@code [B, C, H, W]} with A = -0.75, corners not aligned. */
  public static Tensor resizeBicubic(Tensor x, long height, long width) {
    return Tensor.op(
        Op.of("resizeBicubic", height, width),
        () ->
            torch.upsample_bicubic2d(
                x.handle(),
                new long[] {height, width},
                false,
                new DoubleOptional(),
                new DoubleOptional()),
        x);
  }

  /**
   * {@code x} with zeros behind its values along a dimension, so that there are {@code length};
   * itself if there are as many.
   */
  public static Tensor fill(Tensor x, int dimension, long length) {
    long missing = length - x.size(dimension);
    if (missing == 0) {
      return x;
    }
    long[] pads = new long[2 * (x.rank() - dimension)]; // the last dimension comes first
    pads[pads.length - 1] = missing;
    return Tensor.op(
        Op.of("fill", dimension, missing),
        () -> torch.constant_pad_nd(x.handle(), pads, new Scalar(0)),
        x);
  }

  /** Means of the parts of a map {@code [B, C, H, W]} that is cut as evenly as may be. */
  public static Tensor averagePool(Tensor x, long height, long width) {
    long[] size = {height, width};
    return Tensor.op(
        Op.of("averagePool", height, width), () -> torch.adaptive_avg_pool2d(x.handle(), size), x);
  }

  /** Mean over the last two dimensions of {@code [B, C, H, W]}: {@code [B, C, 1, 1]}. */
  public static Tensor globalAveragePool(Tensor x) {
    return x.mean(true, 2, 3);
  }

  /**
   * Softmax cross-entropy summed over all pixels whose label is not {@code ignore}.
   *
   * @param logits {@code [B, K, H, W]}
   * @param labels I64 {@code [B, H, W]}
   */
  public static Tensor crossEntropySum(Tensor logits, Tensor labels, long ignore) {
    return Tensor.op(
        "crossEntropySum",
        () ->
            torch.cross_entropy_loss(
                logits.handle(), labels.handle(), Tensor.optional(null), 2, ignore, 0.0),
        logits,
        labels);
  }

  /**
   * A singular value decomposition, {@code left * diag(values) * right}, k = min(m, n).
   *
   * @param left {@code [m, k]}
   * @param values {@code [k]}, greatest first
   * @param right {@code [k, n]}
   */
  public record Svd(Tensor left, Tensor values, Tensor right) {}

  /** The decomposition of a matrix {@code [m, n]}; signs are libtorch's choice. */
  public static Svd svd(Tensor matrix) {
    Scope.requireOpen();
    T_TensorTensorTensor_T parts =
        torch.linalg_svd(matrix.handle(), false, new StringViewOptional());
    return new Svd(
        Tensor.op("svd", () -> new org.bytedeco.pytorch.Tensor(parts.get0()), matrix),
        Tensor.op("svd", () -> new org.bytedeco.pytorch.Tensor(parts.get1()), matrix),
        Tensor.op("svd", () -> new org.bytedeco.pytorch.Tensor(parts.get2()), matrix));
  }
}
