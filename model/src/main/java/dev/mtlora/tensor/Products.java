package dev.mtlora.tensor;

import java.util.Locale;
import java.util.Objects;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Calls matrix products and convolutions.
 *
 * <p>Under {@link Autocast} they run in bf16: factors rounded to bf16, sums in f32, the result
 * rounded to bf16. An x86 processor without AVX-512 has no instructions for that, and libtorch then
 * multiplies numbers one by one, seven times slower than in f32. There the factors are rounded here
 * and multiplied in f32, which gives the same: a product of two bf16 numbers is exact in f32. So
 * are the factors of convolutions where those in bf16 are wrong ({@link OneDnn}).
 */
final class Products {
  private Products() {}

  /** What has no right and fast form in bf16; asked by the first that is to run in it. */
  private static final class Lacking {
    static final boolean CONVOLUTIONS = Missing.PRODUCTS || !OneDnn.convolvesBf16();
  }

  /** The same of products alone, known without trying one: what is asked first of every product. */
  private static final class Missing {
    static final boolean PRODUCTS = lacksBf16(System.getProperty("os.arch"), capability());
  }

  /** A product of native tensors; {@code c} is what it may be added to. */
  @FunctionalInterface
  interface Kernel {
    /** Multiplies. */
    org.bytedeco.pytorch.Tensor of(
        org.bytedeco.pytorch.Tensor a,
        org.bytedeco.pytorch.Tensor b,
        org.bytedeco.pytorch.@Nullable Tensor c);
  }

  /** A product of native tensors that is added to another. */
  @FunctionalInterface
  interface SumKernel {
    /** Multiplies and adds. */
    org.bytedeco.pytorch.Tensor of(
        org.bytedeco.pytorch.Tensor a,
        org.bytedeco.pytorch.Tensor b,
        org.bytedeco.pytorch.Tensor sum);
  }

  /** Calls a kernel that adds to {@code sum}; see {@link #call}. */
  static Tensor plus(Op op, SumKernel kernel, Tensor a, Tensor b, Tensor sum) {
    return call(op, (x, y, c) -> kernel.of(x, y, Objects.requireNonNull(c)), a, b, sum);
  }

  /** Calls a kernel; a failure names the operation, the reason and all shapes. */
  static Tensor call(Op op, Kernel kernel, Tensor a, Tensor b, @Nullable Tensor c) {
    return Missing.PRODUCTS && isBf16(a)
        ? rounded(op, kernel, a, b, c)
        : exact(op, kernel, a, b, c);
  }

  /** The same of a convolution. */
  static Tensor convolve(Op op, Kernel kernel, Tensor x, Tensor w, @Nullable Tensor bias) {
    return isBf16(x) && Lacking.CONVOLUTIONS
        ? rounded(op, kernel, x, w, bias)
        : exact(op, kernel, x, w, bias);
  }

  private static boolean isBf16(Tensor a) {
    return a.dtype() != DType.F64 && a.device().equals(Device.CPU) && Autocast.isActive(Device.CPU);
  }

  private static Tensor exact(Op op, Kernel kernel, Tensor a, Tensor b, @Nullable Tensor c) {
    return Tensor.op(op, () -> kernel(kernel, a, b, c), a, b, c);
  }

  /** The same of rounded factors, whatever the processor has. */
  static Tensor rounded(Op op, Kernel kernel, Tensor a, Tensor b, @Nullable Tensor c) {
    return Scope.result(() -> Tensor.op(op, () -> inF32(kernel, a, b, c), a, b, c));
  }

  private static org.bytedeco.pytorch.Tensor kernel(
      Kernel kernel, Tensor a, Tensor b, @Nullable Tensor c) {
    return kernel.of(a.handle(), b.handle(), c == null ? null : c.handle());
  }

  private static org.bytedeco.pytorch.Tensor inF32(
      Kernel kernel, Tensor a, Tensor b, @Nullable Tensor c) {
    try (Autocast off = Autocast.bf16(Device.CPU, false)) {
      return kernel
          .of(rounded(a), rounded(b), c == null ? null : rounded(c))
          .toType(DType.BF16.scalarType());
    }
  }

  private static org.bytedeco.pytorch.Tensor rounded(Tensor tensor) {
    return tensor.handle().toType(DType.BF16.scalarType()).toType(DType.F32.scalarType());
  }

  static TensorOptional optional(org.bytedeco.pytorch.@Nullable Tensor tensor) {
    return tensor == null ? new TensorOptional() : new TensorOptional(tensor);
  }

  /**
   * True if a processor has no bf16 products.
   *
   * @param arch as Java calls it
   * @param capability as libtorch calls it
   */
  static boolean lacksBf16(String arch, String capability) {
    boolean x86 = arch.equals("amd64") || arch.equals("x86_64");
    return x86 && !capability.toUpperCase(Locale.ROOT).startsWith("AVX512");
  }

  private static String capability() {
    Engine.start();
    return torch.get_cpu_capability().getString();
  }
}
