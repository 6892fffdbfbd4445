package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Grid;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a grid is cut into windows: partition and its inverse, the shift, and the mask that keeps
 * regions apart which the roll has made neighbours.
 *
 * <p>A grid that windows do not divide is filled up with zeros at its end (below and to the right),
 * after the norm, and the mask keeps positions from attending to what was filled in, as in Swin's
 * code for dense prediction; it goes when the windows are put together again. Along a side that one
 * window covers nothing is shifted.
 *
 * <p>Prompts stand nowhere: every window has a copy of its image's in front of its positions; they
 * are not shifted, and get neither bias nor mask.
 *
 * @param grid of the feature map
 * @param side of a window
 * @param shifted true in odd blocks
 * @param prompts in front of the positions of an image
 */
public record Windows(Grid grid, int side, boolean shifted, long prompts) {
  private static final float MASKED = -100f;
  private static final int FILLED = 9; // regions of the rolled grid are 0 to 8

  /** The grid that whole windows cover. */
  private Grid filled() {
    Grid windows = windows();
    return new Grid(windows.height() * side, windows.width() * side);
  }

  private Grid windows() {
    return grid.covered(side);
  }

  /** Windows of one image. */
  public long count() {
    return windows().positions();
  }

  private long shift(long length) {
    return shifted && length > side ? side / 2 : 0;
  }

  /** {@code [B, P + N, C] -> [B * windows, P + M², C]}. */
  public Tensor partition(Tensor x) {
    if (prompts == 0) {
      return positions(x);
    }
    long c = x.size(-1);
    Tensor copies =
        x.narrow(1, 0, prompts)
            .unsqueeze(1)
            .expand(-1, count(), -1, -1) // B, windows, P, C
            .reshape(-1, prompts, c);
    return Tensor.cat(List.of(copies, positions(grid.positions(x))), 1);
  }

  private Tensor positions(Tensor x) {
    long c = x.size(-1);
    long m = side;
    Grid all = filled();
    Tensor map = x.reshape(-1, grid.height(), grid.width(), c);
    map = Functional.fill(map, 1, all.height());
    map = Functional.fill(map, 2, all.width());
    long down = shift(all.height());
    long right = shift(all.width());
    if (down > 0 || right > 0) {
      map = map.roll(-down, -right, 1, 2);
    }
    return map.view(-1, all.height() / m, m, all.width() / m, m, c)
        .permute(0, 1, 3, 2, 4, 5) // B, H/M, W/M, M, M, C
        .reshape(-1, m * m, c);
  }

  /** {@code [B * windows, P + M², C] -> [B, P + N, C]}; of a prompt's copies the mean. */
  public Tensor reverse(Tensor x) {
    if (prompts == 0) {
      return joined(x);
    }
    long c = x.size(-1);
    Tensor mean = x.narrow(1, 0, prompts).reshape(-1, count(), prompts, c).mean(false, 1);
    Tensor positions = x.narrow(1, prompts, x.size(1) - prompts);
    return Tensor.cat(List.of(mean, joined(positions.contiguous())), 1);
  }

  private Tensor joined(Tensor x) {
    long c = x.size(-1);
    long m = side;
    Grid all = filled();
    Tensor map =
        x.view(-1, all.height() / m, all.width() / m, m, m, c)
            .permute(0, 1, 3, 2, 4, 5) // B, H/M, M, W/M, M, C
            .reshape(-1, all.height(), all.width(), c);
    long down = shift(all.height());
    long right = shift(all.width());
    if (down > 0 || right > 0) {
      map = map.roll(down, right, 1, 2);
    }
    if (!all.equals(grid)) {
      map = map.narrow(1, 0, grid.height()).narrow(2, 0, grid.width());
    }
    return map.reshape(-1, grid.positions(), c);
  }

  /** {@code [..., M², M²] -> [..., P + M², P + M²]}, zeros for prompts. */
  public Tensor withPrompts(Tensor bias) {
    if (prompts == 0) {
      return bias;
    }
    Tensor rows = Tensor.cat(List.of(zeros(bias, -2), bias), -2);
    return Tensor.cat(List.of(zeros(rows, -1), rows), -1);
  }

  private Tensor zeros(Tensor like, int dimension) {
    long[] shape = like.shape();
    shape[shape.length + dimension] = prompts;
    return Tensor.zeros(like.dtype(), shape).to(like.device());
  }

  /** {@code [windows, 1, M², M²]}, or null if all of a window attend to each other. */
  public @Nullable Tensor mask() {
    Grid all = filled();
    if (all.equals(grid) && shift(all.height()) == 0 && shift(all.width()) == 0) {
      return null;
    }
    long n = (long) side * side;
    return Tensor.ofFloats(this::maskValues, count(), 1, n, n);
  }

  private float[] maskValues() {
    Grid all = filled();
    int windows = (int) count();
    int n = side * side;
    float[] mask = new float[Math.multiplyExact(Math.multiplyExact(windows, n), n)];
    int[] regions = new int[n];
    int at = 0;
    for (int w = 0; w < windows; w++) {
      for (int i = 0; i < n; i++) {
        regions[i] = region(all, w, i);
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          mask[at++] = regions[i] == regions[j] ? 0 : MASKED;
        }
      }
    }
    return mask;
  }

  /** Which region of the rolled grid a position of a window belongs to. */
  private int region(Grid all, int w, int position) {
    long perRow = all.width() / side;
    long row = w / perRow * side + position / side;
    long column = w % perRow * side + position % side;
    boolean isFilled =
        (row + shift(all.height())) % all.height() >= grid.height()
            || (column + shift(all.width())) % all.width() >= grid.width();
    return isFilled ? FILLED : 3 * band(row, all.height()) + band(column, all.width());
  }

  /** One of up to 3 bands along a side: before the last window, and in it before the shift. */
  private int band(long coordinate, long length) {
    long shift = shift(length);
    if (shift == 0 || coordinate < length - side) {
      return 0;
    }
    return coordinate < length - shift ? 1 : 2;
  }
}
