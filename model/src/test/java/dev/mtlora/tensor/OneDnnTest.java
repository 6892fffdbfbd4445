package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolutions in f32 are those in f64, whatever is in the memory that they get. */
class OneDnnTest {
  private static final double TOLERANCE = 1e-5; // relative to the mean

  @ParameterizedTest
  @CsvSource({
    "7, 3, 3, 1",
    "20, 20, 4, 1",
    "20, 16, 3, 1",
    "40, 16, 2, 2",
    "48, 16, 4, 4",
    "1, 5, 2, 2",
    "3, 40, 4, 4",
    "7, 5, 1, 1",
    "64, 64, 3, 1"
  })
  void conv2d_anyChannels_isThatInDouble(long in, long out, long side, long stride) {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.randn(new Rng(1), 3, in, 8, 8);
      Tensor weight = Tensor.randn(new Rng(2), out, in, side, side);
      Tensor bias = Tensor.randn(new Rng(3), out);
      assertExact(
          (a, w, b) -> Functional.conv2d(a, w, b, new Functional.Steps(stride, 0, 1, 1)),
          x,
          weight,
          bias);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 3, 7, 20, 48, 64})
  void conv2d_everyChannelAlone_isThatInDouble(long channels) {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.randn(new Rng(1), 3, channels, 4, 6);
      Tensor weight = Tensor.randn(new Rng(2), channels, 1, 3, 3);
      Tensor bias = Tensor.randn(new Rng(3), channels);
      Functional.Steps steps = new Functional.Steps(1, 1, 1, channels);
      assertExact((a, w, b) -> Functional.conv2d(a, w, b, steps), x, weight, bias);
    }
  }

  @Test
  void conv2d_groupsOfSeveralChannels_areRefused() {
    try (Scope scope = Scope.inference()) {
      assertThatThrownBy(
              () ->
                  Functional.conv2d(
                      Tensor.zeros(1, 4, 3, 3),
                      Tensor.zeros(4, 2, 1, 1),
                      null,
                      new Functional.Steps(1, 0, 1, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("but got 2 for 4 channels in and 4 out");
    }
  }

  /** As necks call them: what comes from a backbone has its channels last. */
  @ParameterizedTest
  @CsvSource({"1, 2", "2, 2", "1, 8", "2, 8", "2, 16"})
  void conv2d_channelsLast_isThatInDouble(int threads, long side) {
    int before = Engine.threads();
    try (Scope scope = Scope.open()) {
      Engine.threads(threads);
      Tensor tokens = Tensor.randn(new Rng(1), 8, side * side, 64);
      Tensor bias = Tensor.randn(new Rng(3), 36);
      Tensor weight = Tensor.randn(new Rng(2), 36, 64, 1, 1);
      assertExact(
          (a, w, b) ->
              Functional.conv2d(
                  a.transpose(1, 2).reshape(8, 64, side, side),
                  w,
                  b,
                  new Functional.Steps(1, 0, 1, 1)),
          tokens,
          weight,
          bias);
    } finally {
      Engine.threads(before);
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 48, 2", "16, 20, 3", "20, 40, 2", "5, 7, 2", "64, 80, 4", "32, 64, 2"})
  void convTranspose2d_anyChannels_isThatInDouble(long in, long out, long side) {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.randn(new Rng(1), 3, in, 8, 8);
      Tensor weight = Tensor.randn(new Rng(2), in, out, side, side);
      Tensor bias = Tensor.randn(new Rng(3), out);
      assertExact((a, w, b) -> Functional.convTranspose2d(a, w, b, side), x, weight, bias);
    }
  }

  private static void assertExact(
      OneDnn.Convolution convolution, Tensor x, Tensor weight, Tensor bias) {
    List<Tensor> exact = outcome(convolution, DType.F64, x, weight, bias);
    List<Tensor> found = outcome(convolution, DType.F32, x, weight, bias);
    for (int i = 0; i < exact.size(); i++) {
      Tensor difference = found.get(i).to(DType.F64).minus(exact.get(i));
      double mean = exact.get(i).abs().sum().item();
      assertThat(difference.abs().sum().item() / mean).as("tensor %d", i).isLessThan(TOLERANCE);
    }
  }

  /** The output, and the gradients of a sum of it with weights of their own. */
  private static List<Tensor> outcome(
      OneDnn.Convolution convolution, DType dtype, Tensor x, Tensor weight, Tensor bias) {
    List<Tensor> leaves = new ArrayList<>();
    for (Tensor tensor : List.of(x, weight, bias)) {
      leaves.add(tensor.to(dtype).detach().copy().requiresGrad(true));
    }
    litter();
    Tensor y = convolution.of(leaves.get(0), leaves.get(1), leaves.get(2));
    Tensor cotangent = Tensor.randn(new Rng(4), y.shape()).to(dtype);
    litter();
    y.times(cotangent).sum().backward();
    List<Tensor> outcome = new ArrayList<>(List.of(y.detach()));
    leaves.forEach(leaf -> outcome.add(leaf.grad().orElseThrow()));
    return outcome;
  }

  /** Freed memory that holds no numbers. */
  private static void litter() {
    try (Scope scope = Scope.inference()) {
      for (long size = 256; size <= 65_536; size *= 2) {
        Tensor.zeros(size).plus(Double.NaN);
        Tensor.zeros(size + size / 2).plus(Double.NaN);
      }
    }
  }
}
