package dev.mtlora.tensor;

import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps convolutions right where oneDNN, which libtorch calls for them, is not.
 *
 * <p>Convolutions read their channels in blocks of 16, or of two times 16. Version 3.7.1 leaves
 * what is missing to a whole block as it finds it in memory: outputs and gradients, also in f32,
 * are then made of that (seen on AMD's family 26; <a
 * href="https://github.com/pytorch/pytorch/issues/163347">pytorch 163347</a>). Where that shows,
 * such convolutions get channels of zeros to the next whole block, which change no number. What is
 * asked is what comes out, not who made the processor.
 */
final class OneDnn {
  private static final long BLOCK = 16;
  static final long UNBLOCKED = 3; // so few inputs are read one by one
  private static final long[] LITTER = {1536, 3072, 6144, 8192, 16384, 32768};
  private static final double TOLERANCE = 0.1; // 1500 differences, each 1e-5 where f32 is right

  private OneDnn() {}

  /** Asked by the first convolution that has blocks to fill. */
  private static final class Blocks {
    static final boolean FILLED = fillsBlocks();
  }

  /** A convolution in either direction. */
  @FunctionalInterface
  interface Convolution {
    /** {@code [B, in, H, W]} by a weight of four dimensions. */
    Tensor of(Tensor x, Tensor weight, @Nullable Tensor bias);
  }

  /**
   * Calls a convolution. Where every channel is a group of its own (the weight has one input, x has
   * more), inputs are filled like outputs.
   *
   * @param op what it is, with its numbers
   * @param out the dimension of the weight that has the output channels, 0 or 1
   */
  static Tensor call(
      Op op, Convolution convolution, Tensor x, Tensor weight, @Nullable Tensor bias, int out) {
    boolean asked = x.dtype() != DType.F64 && x.device().equals(Device.CPU);
    if (!asked || isWhole(weight.shape(), out)) {
      return convolution.of(x, weight, bias);
    }
    return Recording.as(
        op, () -> Scope.result(() -> filled(convolution, x, weight, bias, out)), x, weight, bias);
  }

  private static Tensor filled(
      Convolution convolution, Tensor x, Tensor weight, @Nullable Tensor bias, int out) {
    Tensor filled = fill(fill(weight, out, 0), 1 - out, UNBLOCKED);
    Tensor added = bias == null ? null : fill(bias, 0, 0);
    boolean alone = weight.size(1 - out) < x.size(1);
    Tensor y = convolution.of(fill(x, 1, alone ? 0 : UNBLOCKED), filled, added);
    return y.narrow(1, 0, weight.size(out));
  }

  /**
   * True if a convolution's blocks are whole, or filled where they are not.
   *
   * @param weight its shape
   */
  static boolean isWhole(long[] weight, int out) {
    return (missing(weight[out], 0) == 0 && missing(weight[1 - out], UNBLOCKED) == 0)
        || Blocks.FILLED;
  }

  /** As many channels as whole blocks have; itself if there are no more than {@code left}. */
  static long whole(long channels, long left) {
    return channels + missing(channels, left);
  }

  /** Channels to the next whole block; none if there are no more than {@code left}. */
  private static long missing(long channels, long left) {
    long block = channels > BLOCK ? 2 * BLOCK : BLOCK;
    return channels <= left ? 0 : Math.floorMod(-channels, block);
  }

  private static Tensor fill(Tensor tensor, int dimension, long left) {
    long[] shape = tensor.shape();
    shape[dimension] = missing(shape[dimension], left);
    return shape[dimension] == 0
        ? tensor
        : Tensor.cat(List.of(tensor, Tensor.zeros(tensor.dtype(), shape)), dimension);
  }

  /** True if convolutions whose blocks are not whole give in f32 what they give in f64. */
  private static boolean fillsBlocks() {
    try (Scope scope = Scope.inference();
        Autocast off = Autocast.bf16(Device.CPU, false)) {
      Tensor x = Tensor.randn(new Rng(1), 3, 20, 8, 8);
      Tensor weight = Tensor.randn(new Rng(2), 20, 20, 4, 4);
      Tensor exact = plain(x.to(DType.F64), weight.to(DType.F64));
      for (int attempt = 0; attempt < 3; attempt++) {
        litter();
        double error = plain(x, weight).to(DType.F64).minus(exact).abs().sum().item();
        if (!(error < TOLERANCE)) { // also if it is not a number
          return false;
        }
      }
      return true;
    }
  }

  private static Tensor plain(Tensor x, Tensor weight) {
    return Tensor.op("conv2d", () -> torch.conv2d(x.handle(), weight.handle()), x, weight);
  }

  /** Leaves freed memory behind that holds no numbers, so that who reads it shows. */
  private static void litter() {
    try (Scope scope = Scope.inference()) {
      for (long size : LITTER) {
        Tensor.zeros(size).plus(Double.NaN);
      }
    }
  }

  /** True if convolutions in bf16, of one pixel or more, leave out nothing. */
  static boolean convolvesBf16() {
    try (Scope scope = Scope.inference();
        Autocast off = Autocast.bf16(Device.CPU, false)) {
      Tensor ones = Tensor.zeros(1, 3, 2, 2).plus(1).to(DType.BF16);
      return Blocks.FILLED && plain(ones, ones).item() == ones.count();
    }
  }
}
