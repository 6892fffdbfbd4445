package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products under {@link Autocast}: the same numbers, whatever the processor has. */
class ProductsTest {
  private static final double ULP = 1.0 / 128; // of bf16, relative

  @ParameterizedTest
  @CsvSource({
    "amd64, AVX2, true",
    "amd64, DEFAULT, true",
    "x86_64, AVX512, false",
    "amd64, AVX512, false",
    "aarch64, DEFAULT, false"
  })
  void lacksBf16_processor_isTrueWhereNothingMultipliesBf16(
      String arch, String capability, boolean expected) {
    assertThat(Products.lacksBf16(arch, capability)).isEqualTo(expected);
  }

  @Test
  void linear_inBf16_isTheExactSumOfRoundedFactorsRounded() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.randn(new Rng(1), 7, 40).requiresGrad(true);
      Tensor weight = Tensor.randn(new Rng(2), 9, 40).requiresGrad(true);
      Tensor bias = Tensor.randn(new Rng(3), 9);
      Tensor cotangent = Tensor.randn(new Rng(4), 7, 9);
      Tensor y;
      try (Autocast cast = Autocast.bf16(Device.CPU, true)) {
        y = Functional.linear(x, weight, bias);
      }
      y.to(DType.F32).times(cotangent).sum().backward();

      Tensor exact = exact(x).matmul(exact(weight).transpose(0, 1)).plus(exact(bias));
      assertClose(y, exact);
      assertClose(x.grad().orElseThrow(), exact(cotangent).matmul(exact(weight)));
      assertClose(weight.grad().orElseThrow(), exact(cotangent).transpose(0, 1).matmul(exact(x)));
      assertThat(y.dtype()).isEqualTo(DType.BF16);
      assertThat(x.grad().orElseThrow().dtype()).isEqualTo(DType.F32);
    }
  }

  @Test
  void sumWithProduct_inBf16_isRoundedOnce() {
    try (Scope scope = Scope.inference();
        Autocast cast = Autocast.bf16(Device.CPU, true)) {
      Tensor a = Tensor.randn(new Rng(1), 2, 5, 30);
      Tensor b = Tensor.randn(new Rng(2), 2, 30, 6);
      Tensor sum = Tensor.randn(new Rng(3), 2, 5, 6).to(DType.BF16);
      Tensor exact = exact(sum).plus(exact(a).bmm(exact(b)));

      assertClose(sum.plusBmm(a, b), exact);
      assertClose(
          sum.select(0, 0).copy().plusMatmulInPlace(a.select(0, 0), b.select(0, 0)),
          exact.select(0, 0));
    }
  }

  @Test
  void convolution_inBf16_isTheExactSumOfRoundedFactorsRounded() {
    try (Scope scope = Scope.inference();
        Autocast cast = Autocast.bf16(Device.CPU, true)) {
      Tensor x = Tensor.randn(new Rng(1), 1, 3, 8, 8);
      Tensor weight = Tensor.randn(new Rng(2), 4, 3, 3, 3);
      Tensor bias = Tensor.randn(new Rng(3), 4);
      assertClose(
          Functional.conv2d(x, weight, bias, new Functional.Steps(1, 1, 1, 1)),
          Functional.conv2d(
              exact(x), exact(weight), exact(bias), new Functional.Steps(1, 1, 1, 1)));
      Tensor up = Tensor.randn(new Rng(2), 3, 4, 2, 2);
      assertClose(
          Functional.convTranspose2d(x, up, null, 2),
          Functional.convTranspose2d(exact(x), exact(up), null, 2));
    }
  }

  /** Some processors' convolutions leave out terms where the number of channels is odd. */
  @ParameterizedTest
  @CsvSource({"1, 1, 2", "3, 4, 3", "3, 32, 4", "5, 7, 1", "7, 3, 3", "16, 16, 1"})
  void convolution_inBf16_hasTheGradientsOfRoundedFactors(long in, long out, long side) {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.randn(new Rng(1), 2, in, 8, 8).requiresGrad(true);
      Tensor weight = Tensor.randn(new Rng(2), out, in, side, side).requiresGrad(true);
      Tensor y;
      try (Autocast cast = Autocast.bf16(Device.CPU, true)) {
        y = Functional.conv2d(x, weight, null, new Functional.Steps(1, 0, 1, 1));
      }
      Tensor cotangent = exact(Tensor.randn(new Rng(3), y.shape()));
      y.to(DType.F64).times(cotangent).sum().backward();

      Tensor exactX = exact(x).detach().requiresGrad(true);
      Tensor exactWeight = exact(weight).detach().requiresGrad(true);
      Tensor exactY =
          Functional.conv2d(exactX, exactWeight, null, new Functional.Steps(1, 0, 1, 1));
      exactY.times(cotangent).sum().backward();
      assertClose(y, exactY);
      assertClose(x.grad().orElseThrow(), exactX.grad().orElseThrow());
      assertClose(weight.grad().orElseThrow(), exactWeight.grad().orElseThrow());
    }
  }

  @Test
  void rounded_everyProduct_hasTheGradientsOfExactSumsOfRoundedFactors() {
    long[] one = {1, 1};
    long[] none = {0, 0};
    try (Scope scope = Scope.open()) {
      assertGradients(
          (a, b, c) -> torch.linear(a, b, Products.optional(c)),
          shape(6, 5),
          shape(4, 5),
          shape(4));
      assertGradients((a, b, c) -> a.matmul(b), shape(2, 3, 6, 5), shape(2, 3, 5, 4), null);
      assertGradients((a, b, c) -> c.baddbmm(a, b), shape(2, 6, 5), shape(2, 5, 4), shape(2, 6, 4));
      assertGradients(
          (a, b, c) -> torch.conv2d(a, b, Products.optional(c), one, none, one, 1),
          shape(1, 3, 6, 6),
          shape(4, 3, 3, 3),
          shape(4));
      assertGradients(
          (a, b, c) -> torch.conv_transpose2d(a, b, Products.optional(c), one, none, none, 1, one),
          shape(1, 3, 6, 6),
          shape(3, 4, 2, 2),
          shape(4));
    }
  }

  private static long[] shape(long... sizes) {
    return sizes;
  }

  private static void assertGradients(
      Products.Kernel kernel, long[] a, long[] b, long @Nullable [] c) {
    List<Tensor> leaves = leaves(a, b, c);
    List<Tensor> exact =
        leaves.stream().map(leaf -> exact(leaf).detach().requiresGrad(true)).toList();
    Tensor y =
        Products.rounded(Op.of("product"), kernel, leaves.get(0), leaves.get(1), third(leaves));
    Tensor expected = inDouble(kernel, exact);
    assertClose(y, expected);
    Tensor cotangent = Tensor.randn(new Rng(9), y.shape()).to(DType.BF16);
    y.times(cotangent).to(DType.F32).sum().backward();
    expected.times(exact(cotangent)).sum().backward();
    for (int i = 0; i < exact.size(); i++) {
      assertClose(leaves.get(i).grad().orElseThrow(), exact.get(i).grad().orElseThrow());
    }
  }

  private static Tensor inDouble(Products.Kernel kernel, List<Tensor> leaves) {
    Tensor c = third(leaves);
    return Tensor.op(
        "product",
        () ->
            kernel.of(
                leaves.get(0).handle(), leaves.get(1).handle(), c == null ? null : c.handle()));
  }

  private static @Nullable Tensor third(List<Tensor> leaves) {
    return leaves.size() > 2 ? leaves.get(2) : null;
  }

  private static List<Tensor> leaves(long[] a, long[] b, long @Nullable [] c) {
    Rng rng = new Rng(5);
    List<Tensor> leaves = new ArrayList<>();
    leaves.add(Tensor.randn(rng, a).requiresGrad(true));
    leaves.add(Tensor.randn(rng, b).requiresGrad(true));
    if (c != null) {
      leaves.add(Tensor.randn(rng, c).requiresGrad(true));
    }
    return leaves;
  }

  @Test
  void product_ofDoubles_staysExact() {
    try (Scope scope = Scope.inference();
        Autocast cast = Autocast.bf16(Device.CPU, true)) {
      Tensor third = Tensor.of(new double[] {1.0 / 3}, 1, 1);
      assertThat(third.matmul(third).item()).isEqualTo(1.0 / 9, within(1e-16));
    }
  }

  /** What bf16 holds of a tensor, in double. */
  private static Tensor exact(Tensor tensor) {
    return tensor.to(DType.BF16).to(DType.F64);
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    double[] values = actual.to(DType.F64).toDoubles();
    double[] exact = expected.toDoubles();
    assertThat(values).hasSameSizeAs(exact);
    for (int i = 0; i < exact.length; i++) {
      // Half a step of rounding, and what sums in f32 of terms that cancel may lose.
      assertThat(values[i]).isCloseTo(exact[i], within(Math.abs(exact[i]) * ULP / 2 + 1e-4));
    }
  }
}
