package dev.mtlora.weights;

import dev.mtlora.tensor.Tensor;
import java.util.Arrays;

/**
 * The positions that timm gives the rows of a table of relative positions when it is fitted to
 * another window (timm 1.0, {@code resize_rel_pos_bias_table}, after BEiT): 0 in the middle, and
 * outwards from it 1, 1 + q, 1 + q + q², ..., where q in [1.01, 1.5] is such that the last is as
 * far out as the last of the other window. Between them values are linear, beyond them constant.
 */
final class GeometricGrid {
  private static final double SMALLEST_RATIO = 1.01;
  private static final double LARGEST_RATIO = 1.5;
  private static final double PRECISION = 1e-6;

  private final double[] positions;
  private final int targets;

  /**
   * A grid along one side.
   *
   * @param side positions in the file, odd
   * @param targets positions in the model, odd
   */
  GeometricGrid(int side, int targets) {
    this.targets = targets;
    this.positions = positions(side / 2, targets / 2);
  }

  private static double[] positions(int steps, int reach) {
    double ratio = ratio(steps, reach);
    double[] positions = new double[2 * steps + 1];
    double distance = 0;
    for (int i = 1; i <= steps; i++) {
      distance += Math.pow(ratio, i - 1);
      positions[steps + i] = distance;
      positions[steps - i] = -distance;
    }
    return positions;
  }

  /** The ratio whose sum of so many steps is the reach, by halving, as far as the bounds allow. */
  private static double ratio(int steps, int reach) {
    double low = SMALLEST_RATIO;
    double high = LARGEST_RATIO;
    double ratio = low;
    while (high - low > PRECISION) {
      ratio = (low + high) / 2;
      double sum = (1 - Math.pow(ratio, steps)) / (1 - ratio);
      if (sum > reach) {
        high = ratio;
      } else {
        low = ratio;
      }
    }
    return ratio;
  }

  /**
   * Resizes along both sides.
   *
   * @param table {@code [S * S, heads]}, F32
   * @return {@code [T * T, heads]}
   */
  Tensor resize(Tensor table) {
    Tensor weights = weights(); // T, S
    long heads = table.size(1);
    long side = positions.length;
    Tensor rows = weights.matmul(table.reshape(side, side * heads)); // T, S · heads
    Tensor columns = rows.reshape(targets, side, heads).permute(1, 0, 2); // S, T, heads
    Tensor both = weights.matmul(columns.reshape(side, targets * heads)); // T, T · heads
    return both.reshape(targets, targets, heads)
        .permute(1, 0, 2)
        .reshape((long) targets * targets, heads);
  }

  /** What each position of the file counts at each of the model, {@code [T, S]}. */
  private Tensor weights() {
    float[] weights = new float[targets * positions.length];
    for (int t = 0; t < targets; t++) {
      double target = t - targets / 2;
      int found = Arrays.binarySearch(positions, target);
      int right = Math.min(found < 0 ? -found - 1 : found, positions.length - 1);
      int left = Math.max(right - 1, 0);
      double width = positions[right] - positions[left];
      double share = width == 0 ? 1 : Math.min(1, (target - positions[left]) / width);
      weights[t * positions.length + right] = (float) Math.max(0, share);
      weights[t * positions.length + left] += (float) (1 - Math.max(0, share));
    }
    return Tensor.of(weights, targets, positions.length);
  }
}
