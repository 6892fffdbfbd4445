package dev.mtlora.backbone.swin;

import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How the grid of one block is cut into windows: partition and its inverse, the shift, the mask
 * that keeps regions apart which the roll has made neighbours, and the index of relative positions.
 */
class Windows {
  private static final float MASKED = -100f;

  private final int side;
  private final int window;
  private final int shift;

  /**
   * A grid.
   *
   * @param side positions along a side
   * @param window wished side of a window; a grid no larger than that is one window, unshifted
   * @param shifted true in odd blocks
   */
  Windows(int side, int window, boolean shifted) {
    this.side = side;
    this.window = Math.min(side, window);
    this.shift = shifted && side > window ? window / 2 : 0;
  }

  final int window() {
    return window;
  }

  /** {@code [B, side * side, C] -> [B * windows, window * window, C]}. */
  Tensor partition(Tensor x) {
    long c = x.size(-1);
    long m = window;
    Tensor grid = x.view(-1, side, side, c);
    if (shift > 0) {
      grid = grid.roll(-shift, -shift, 1, 2);
    }
    return grid.view(-1, side / m, m, side / m, m, c)
        .permute(0, 1, 3, 2, 4, 5) // B, H/M, W/M, M, M, C
        .reshape(-1, m * m, c);
  }

  /** {@code [B * windows, window * window, C] -> [B, side * side, C]}. */
  Tensor reverse(Tensor x) {
    long c = x.size(-1);
    long m = window;
    Tensor grid =
        x.view(-1, side / m, side / m, m, m, c)
            .permute(0, 1, 3, 2, 4, 5) // B, H/M, M, W/M, M, C
            .reshape(-1, side, side, c);
    if (shift > 0) {
      grid = grid.roll(shift, shift, 1, 2);
    }
    return grid.view(-1, (long) side * side, c);
  }

  /** Windows of one image. */
  final long count() {
    long perSide = side / window;
    return perSide * perSide;
  }

  /** The bias of attention scores, {@code [..., N, N]}, for all that stands in a window. */
  Tensor withPrompts(Tensor bias) {
    return bias;
  }

  /** {@code [windows, 1, N, N]} with N = window², or null without a shift. */
  final @Nullable Tensor mask() {
    if (shift == 0) {
      return null;
    }
    long n = (long) window * window;
    return Tensor.ofFloats(this::maskValues, count(), 1, n, n);
  }

  private float[] maskValues() {
    int perSide = side / window;
    int n = window * window;
    float[] mask = new float[perSide * perSide * n * n];
    int at = 0;
    for (int w = 0; w < perSide * perSide; w++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          mask[at++] = region(w, i) == region(w, j) ? 0 : MASKED;
        }
      }
    }
    return mask;
  }

  /** Which of the 3x3 regions of the rolled grid a position of a window belongs to. */
  private int region(int w, int position) {
    int perSide = side / window;
    int row = w / perSide * window + position / window;
    int column = w % perSide * window + position % window;
    return 3 * band(row) + band(column);
  }

  private int band(int coordinate) {
    if (coordinate < side - window) {
      return 0;
    }
    return coordinate < side - shift ? 1 : 2;
  }

  /** Rows of the bias table for every pair of positions, {@code [N * N]}, N = window². */
  final Tensor relativePositionIndex() {
    long n = (long) window * window;
    return Tensor.ofLongs(() -> RelativePositions.index(window), n * n);
  }
}
