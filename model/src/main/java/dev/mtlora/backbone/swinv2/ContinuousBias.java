package dev.mtlora.backbone.swinv2;

import dev.mtlora.backbone.swin.RelativePositions;
import dev.mtlora.nn.Init;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;

/**
 * The bias of relative positions, which SwinV2 has a network for instead of a table (section 3.3):
 * {@code 16 σ(W2 relu(W1 g + b1))}, g being how far down and right one position is from another, in
 * the units of {@link #coordinate}. It fits windows of any side.
 */
final class ContinuousBias extends Module {
  private static final long HIDDEN = 512;
  private static final double MOST = 16;
  private static final double REACH = 8;

  private final int window;
  private final Tensor first;
  private final Tensor shift;
  private final Tensor second;
  private final Tensor coordinates;
  private final Tensor index;

  /**
   * For windows of one side.
   *
   * @param pretrained side of the windows that the weights have seen; 0 for the same
   */
  ContinuousBias(int window, int pretrained, long heads, Rng rng) {
    this.window = window;
    first = learned("0.weight", Init.truncatedNormal(rng, HIDDEN, 2));
    shift = learned("0.bias", Tensor.zeros(HIDDEN));
    second = learned("2.weight", Init.truncatedNormal(rng, heads, HIDDEN));
    long positions = (long) window * window;
    long distances = (2L * window - 1) * (2L * window - 1);
    coordinates = constant(Tensor.ofFloats(() -> coordinates(window, pretrained), distances, 2));
    index = constant(Tensor.ofLongs(() -> RelativePositions.index(window), positions * positions));
  }

  private Tensor learned(String name, Tensor initial) {
    Tensor learned = parameter(name, initial, Parameter.Role.POSITION_BIAS);
    undecayed(learned);
    return learned;
  }

  /** {@code [(2M-1)², 2]}, in the order of {@link RelativePositions}. */
  private static float[] coordinates(int window, int pretrained) {
    int sides = 2 * window - 1;
    int whole = pretrained > 0 ? pretrained : window;
    float[] coordinates = new float[sides * sides * 2];
    for (int i = 0; i < sides * sides; i++) {
      coordinates[2 * i] = coordinate(i / sides - window + 1, whole);
      coordinates[2 * i + 1] = coordinate(i % sides - window + 1, whole);
    }
    return coordinates;
  }

  /**
   * {@code sign(x) log2(|x| + 1) / log2 8}, x being the distance in eighths of the longest in a
   * window. In a window of one position there is one distance, 0, and no longest to divide by: it
   * is 0, where the original makes NaN of it.
   */
  static float coordinate(int distance, int window) {
    if (distance == 0) {
      return 0;
    }
    double x = REACH * distance / (window - 1);
    return (float) (Math.signum(x) * Math.log1p(Math.abs(x)) / Math.log(REACH));
  }

  /** {@code [heads, M², M²]}. */
  Tensor forward() {
    Tensor hidden = Functional.relu(Functional.linear(coordinates, first, shift)); // (2M-1)², 512
    Tensor byDistance = Functional.linear(hidden, second, null).atLeastF32().sigmoid().times(MOST);
    long positions = (long) window * window;
    return byDistance // (2M-1)², heads
        .indexSelect(0, index)
        .view(positions, positions, -1)
        .permute(2, 0, 1);
  }
}
