package dev.mtlora.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Both norms against their formulas, worked out in double. */
class NormsTest {
  private static final double EPS = 1e-5;

  /** Scale and shift that are not 1 and 0, so that both are seen. */
  private static void disturb(Module module, Rng rng) {
    Module.tensors(module.parameters())
        .values()
        .forEach(t -> t.assignInPlace(t.plus(Tensor.randn(rng, t.shape()).times(0.5))));
  }

  private static double[] values(Module module, String name) {
    return module.state().get(name).toDoubles();
  }

  private static void assertClose(String what, double[] actual, double[] expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i])
          .as("%s, value %d", what, i)
          .isCloseTo(expected[i], within(2e-5 * (1 + Math.abs(expected[i]))));
    }
  }

  private static double mean(double[] x) {
    double sum = 0;
    for (double value : x) {
      sum += value;
    }
    return sum / x.length;
  }

  /** Over all values: the biased variance. */
  private static double variance(double[] x) {
    double mean = mean(x);
    double sum = 0;
    for (double value : x) {
      sum += (value - mean) * (value - mean);
    }
    return sum / x.length;
  }

  @Property(tries = 20)
  void layerNorm_anyInput_isTheFormula(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      int channels = 1 + rng.below(9);
      LayerNorm norm = new LayerNorm(channels);
      disturb(norm, rng);
      Tensor x = Tensor.randn(rng, 2, 3, channels).times(3).plus(rng.uniform(-5, 5));
      double[] expected = new double[6 * channels];
      for (int row = 0; row < 6; row++) {
        double[] own = x.view(6, channels).select(0, row).toDoubles();
        for (int c = 0; c < channels; c++) {
          expected[row * channels + c] =
              (own[c] - mean(own)) / Math.sqrt(variance(own) + EPS) * values(norm, "weight")[c]
                  + values(norm, "bias")[c];
        }
      }
      Tensor y = norm.forward(x);
      assertThat(y.shape()).isEqualTo(x.shape());
      assertClose("seed " + seed, y.toDoubles(), expected);
    }
  }

  @Test
  void layerNorm_new_scalesByOneAndShiftsByNothing() {
    try (Scope scope = Scope.inference()) {
      LayerNorm norm = new LayerNorm(3);
      assertThat(values(norm, "weight")).containsOnly(1);
      assertThat(values(norm, "bias")).containsOnly(0);
      assertThat(norm.parameters().get("weight").role()).isEqualTo(Parameter.Role.NORM);
      assertThat(norm.parameters().get("bias").role()).isEqualTo(Parameter.Role.NORM_BIAS);
    }
  }

  /** Values of one channel in all images. */
  private static double[] channel(Tensor x, int channel) {
    return x.narrow(1, channel, 1).reshape(-1).toDoubles();
  }

  private static Tensor batch(Rng rng, int channels) {
    return Tensor.randn(rng, 3, channels, 2, 5).times(2).plus(rng.uniform(-3, 3));
  }

  @Property(tries = 20)
  void batchNorm_training_normalisesByTheBatchAndMovesItsStatistics(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      int channels = 1 + rng.below(5);
      BatchNorm2d norm = new BatchNorm2d(channels);
      disturb(norm, rng);
      double[] means = new double[channels];
      double[] variances = new double[channels];
      Arrays.fill(variances, 1);
      for (int pass = 1; pass <= 3; pass++) {
        Tensor x = batch(rng, channels);
        Tensor y = norm.forward(x);
        for (int c = 0; c < channels; c++) {
          double[] in = channel(x, c);
          assertClose(
              "seed " + seed, channel(y, c), normalised(norm, c, in, mean(in), variance(in)));
          double unbiased = variance(in) * in.length / (in.length - 1);
          means[c] += 0.1 * (mean(in) - means[c]);
          variances[c] += 0.1 * (unbiased - variances[c]);
        }
        assertClose("means, seed " + seed, values(norm, "running_mean"), means);
        assertClose("variances, seed " + seed, values(norm, "running_var"), variances);
        assertThat(values(norm, "num_batches_tracked")).containsExactly(pass);
      }
    }
  }

  private static double[] normalised(
      BatchNorm2d norm, int channel, double[] x, double mean, double variance) {
    double scale = values(norm, "weight")[channel] / Math.sqrt(variance + EPS);
    double shift = values(norm, "bias")[channel];
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) * scale + shift;
    }
    return y;
  }

  @Property(tries = 20)
  void batchNorm_evaluation_normalisesByWhatItHasSeenAndLearnsNothing(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      BatchNorm2d norm = new BatchNorm2d(3);
      disturb(norm, rng);
      norm.forward(batch(rng, 3));
      norm.train(false);
      double[] means = values(norm, "running_mean");
      double[] variances = values(norm, "running_var");
      Tensor x = batch(rng, 3);
      Tensor y = norm.forward(x);
      for (int c = 0; c < 3; c++) {
        assertClose(
            "seed " + seed,
            channel(y, c),
            normalised(norm, c, channel(x, c), means[c], variances[c]));
      }
      assertThat(values(norm, "running_mean")).isEqualTo(means);
      assertThat(values(norm, "running_var")).isEqualTo(variances);
      assertThat(values(norm, "num_batches_tracked")).containsExactly(1);
    }
  }

  @Test
  void batchNorm_new_hasThreeBuffersThatNobodyLearns() {
    try (Scope scope = Scope.inference()) {
      BatchNorm2d norm = new BatchNorm2d(2);
      Map<String, Tensor> buffers = norm.buffers();
      assertThat(buffers).containsOnlyKeys("running_mean", "running_var", "num_batches_tracked");
      assertThat(buffers.values()).noneMatch(Tensor::requiresGrad);
      assertThat(buffers.get("num_batches_tracked").dtype()).isEqualTo(DType.I64);
      assertThat(norm.parameters()).containsOnlyKeys("weight", "bias");
    }
  }

  /** In front of it a convolution in either direction, with a bias and without. */
  @Property(tries = 10)
  void batchNorm_foldedIntoAConvolution_computesTheSame(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      BatchNorm2d norm = new BatchNorm2d(4);
      disturb(norm, rng);
      norm.forward(batch(rng, 4));
      norm.train(false);
      Tensor x = Tensor.randn(rng, 2, 3, 5, 4);
      for (Convolution convolution :
          List.of(
              new Conv2d(rng, new Conv2d.Shape(3, 4, 3, 1, 1, 1), true),
              new Conv2d(rng, new Conv2d.Shape(3, 4, 3, 2, 0, 1), false),
              new ConvTranspose2d(rng, 3, 4, 2))) {
        Map<String, float[]> before = floats(convolution);
        Convolution folded = norm.foldedInto(convolution);
        assertClose(
            "seed " + seed,
            folded.forward(x).toDoubles(),
            norm.forward(convolution.forward(x)).toDoubles());
        assertThat(floats(convolution)).usingRecursiveComparison().isEqualTo(before);
        assertThat(folded.parameters()).containsOnlyKeys("weight", "bias");
      }
    }
  }

  private static Map<String, float[]> floats(Module module) {
    Map<String, float[]> floats = new LinkedHashMap<>();
    module.state().forEach((name, tensor) -> floats.put(name, tensor.toFloats()));
    return floats;
  }
}
