package dev.mtlora.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Both convolutions against their sums, worked out in double. */
class ConvolutionsTest {
  private static void assertClose(String what, Tensor actual, double[] expected) {
    double[] values = actual.toDoubles();
    assertThat(values).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).as("%s, value %d", what, i).isCloseTo(expected[i], within(2e-5));
    }
  }

  private static double[] bias(Module module, int out) {
    Tensor bias = module.state().get("bias");
    return bias == null ? new double[out] : bias.toDoubles();
  }

  /** A number of a tensor with four dimensions. */
  private static double at(double[] values, long[] sides, long... position) {
    long index = 0;
    for (int i = 0; i < 4; i++) {
      index = index * sides[i] + position[i];
    }
    return values[(int) index];
  }

  private static boolean inside(long y, long x, long[] sides) {
    return y >= 0 && x >= 0 && y < sides[2] && x < sides[3];
  }

  @Property(tries = 30)
  void conv2d_anyShape_isTheSumOverItsTaps(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      Conv2d.Shape s =
          new Conv2d.Shape(
              1 + rng.below(3),
              1 + rng.below(3),
              1 + rng.below(3),
              1 + rng.below(3),
              rng.below(3),
              1 + rng.below(2));
      Conv2d convolution = new Conv2d(rng, s, rng.chance(0.5));
      Tensor x = Tensor.randn(rng, 2, s.in(), 5 + rng.below(4), 5 + rng.below(4));
      Tensor y = convolution.forward(x);
      long reach = s.dilation() * (s.kernel() - 1) + 1;
      long height = (x.size(2) + 2 * s.padding() - reach) / s.stride() + 1;
      long width = (x.size(3) + 2 * s.padding() - reach) / s.stride() + 1;
      String what = String.format(Locale.ROOT, "%s, seed %d", s, seed);
      assertThat(y.shape()).as(what).containsExactly(2, s.out(), height, width);
      assertClose(what, y, summed(convolution, s, x, y.shape()));
    }
  }

  private static double[] summed(Conv2d convolution, Conv2d.Shape s, Tensor x, long[] out) {
    double[] in = x.toDoubles();
    Tensor weight = convolution.state().get("weight");
    double[] taps = weight.toDoubles();
    double[] bias = bias(convolution, (int) out[1]);
    double[] sums = new double[(int) (out[0] * out[1] * out[2] * out[3])];
    for (int i = 0; i < sums.length; i++) {
      long column = i % out[3];
      long row = i / out[3] % out[2];
      long channel = i / (out[3] * out[2]) % out[1];
      long image = i / (out[3] * out[2] * out[1]);
      double sum = bias[(int) channel];
      for (long c = 0; c < s.in(); c++) {
        for (long ky = 0; ky < s.kernel(); ky++) {
          for (long kx = 0; kx < s.kernel(); kx++) {
            long y = row * s.stride() + ky * s.dilation() - s.padding();
            long z = column * s.stride() + kx * s.dilation() - s.padding();
            if (inside(y, z, x.shape())) {
              sum +=
                  at(taps, weight.shape(), channel, c, ky, kx) * at(in, x.shape(), image, c, y, z);
            }
          }
        }
      }
      sums[i] = sum;
    }
    return sums;
  }

  @Property(tries = 20)
  void convTranspose2d_anyShape_paintsAWindowPerPixel(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      int in = 1 + rng.below(3);
      int out = 1 + rng.below(3);
      int side = 1 + rng.below(3);
      ConvTranspose2d convolution = new ConvTranspose2d(rng, in, out, side);
      assertThat(convolution.parameters()).containsOnlyKeys("weight");
      Tensor x = Tensor.randn(rng, 2, in, 1 + rng.below(4), 1 + rng.below(4));
      double[] pixels = x.toDoubles();
      Tensor weight = convolution.state().get("weight");
      double[] taps = weight.toDoubles();
      long[] sides = {2, out, side * x.size(2), side * x.size(3)};
      double[] expected = new double[(int) (sides[0] * sides[1] * sides[2] * sides[3])];
      for (int i = 0; i < expected.length; i++) {
        long column = i % sides[3];
        long row = i / sides[3] % sides[2];
        long channel = i / (sides[3] * sides[2]) % out;
        long image = i / (sides[3] * sides[2] * out);
        for (int c = 0; c < in; c++) {
          expected[i] +=
              at(pixels, x.shape(), image, c, row / side, column / side)
                  * at(taps, weight.shape(), c, channel, row % side, column % side);
        }
      }
      Tensor y = convolution.forward(x);
      assertThat(y.shape()).as("seed %d", seed).isEqualTo(sides);
      assertClose("seed " + seed, y, expected);
    }
  }

  /** A convolution is linear in its channels: runs of them add up, and the bias is added once. */
  @Property(tries = 15)
  void part_ofAllChannels_addsUpToTheWhole(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      Conv2d convolution = new Conv2d(rng, Conv2d.Shape.threeByThree(5, 3, 1), true);
      Tensor x = Tensor.randn(rng, 2, 5, 4, 4);
      int cut = 1 + rng.below(4);
      Tensor first = convolution.part(x.narrow(1, 0, cut), 0, false);
      Tensor second = convolution.part(x.narrow(1, cut, 5 - cut), cut, true);
      assertClose("seed " + seed, first.plus(second), convolution.forward(x).toDoubles());
    }
  }

  @Test
  void shape_byName_isThatWindow() {
    assertThat(Conv2d.Shape.pointwise(2, 3)).isEqualTo(new Conv2d.Shape(2, 3, 1, 1, 0, 1));
    assertThat(Conv2d.Shape.threeByThree(2, 3, 12)).isEqualTo(new Conv2d.Shape(2, 3, 3, 1, 12, 12));
    assertThat(Conv2d.Shape.patches(3, 96, 4)).isEqualTo(new Conv2d.Shape(3, 96, 4, 4, 0, 1));
  }

  @Property(tries = 10)
  void threeByThree_anyDilation_keepsTheSize(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      int dilation = 1 + rng.below(40);
      Conv2d convolution = new Conv2d(rng, Conv2d.Shape.threeByThree(2, 3, dilation), true);
      assertThat(convolution.forward(Tensor.randn(rng, 1, 2, 6, 7)).shape())
          .as("dilation %d", dilation)
          .containsExactly(1, 3, 6, 7);
    }
  }

  @Test
  void conv2d_withAndWithoutBias_hasTheParametersOfLibtorch() {
    try (Scope scope = Scope.inference()) {
      Conv2d.Shape shape = new Conv2d.Shape(2, 5, 3, 1, 0, 1);
      Conv2d with = new Conv2d(new Rng(1), shape, true);
      assertThat(with.parameters()).containsOnlyKeys("weight", "bias");
      assertThat(with.state().get("weight").shape()).containsExactly(5, 2, 3, 3);
      assertThat(with.state().get("bias").shape()).containsExactly(5);
      assertThat(with.parameters().get("bias").role()).isEqualTo(Parameter.Role.BIAS);
      assertThat(new Conv2d(new Rng(1), shape, false).parameters()).containsOnlyKeys("weight");
    }
  }
}
