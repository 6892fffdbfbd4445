package dev.mtlora.image;

import java.util.Locale;

/**
 * Planes at another size, some rows at a time: bilinear between the centres of pixels, as PyTorch's
 * {@code interpolate(mode="bilinear", align_corners=False)} and in its f32, without smoothing where
 * they become smaller. Columns are resized once for all rows; a row is then a mean of two, so that
 * what is made stays in the processor's cache if few rows are asked for.
 */
public final class Bilinear {
  private final Size size;
  private final Axis down;
  private final Block wide; // [1, C, h, W]

  private Bilinear(Size size, Axis down, Block wide) {
    this.size = size;
    this.down = down;
    this.wide = wide;
  }

  /**
   * Of one image.
   *
   * @param planes {@code [1, C, h, w]}
   * @param size height and width that are wanted
   */
  public static Bilinear of(Block planes, Size size) {
    if (planes.count() != 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "one image is resized at a time, but these are %d", planes.count()));
    }
    Axis down = Axis.of(planes.height(), size.height());
    return new Bilinear(size, down, across(planes, Axis.of(planes.width(), size.width())));
  }

  /**
   * Where the numbers of a line come from: {@code (1 - share) * old[first] + share * old[next]}.
   */
  private record Axis(int[] first, int[] next, float[] share) {
    static Axis of(int old, int wanted) {
      Axis axis = new Axis(new int[wanted], new int[wanted], new float[wanted]);
      float scale = (float) old / wanted;
      for (int i = 0; i < wanted; i++) {
        float at = Math.max(0, scale * (i + 0.5f) - 0.5f);
        axis.first[i] = Math.min(old - 1, (int) at);
        axis.next[i] = Math.min(old - 1, axis.first[i] + 1);
        axis.share[i] = Math.min(1, at - axis.first[i]);
      }
      return axis;
    }
  }

  private static Block across(Block planes, Axis columns) {
    int width = columns.first.length;
    int rows = planes.channels() * planes.height();
    float[] to = new float[Math.multiplyExact(rows, width)];
    float[] from = planes.values();
    for (int row = 0; row < rows; row++) {
      int old = row * planes.width();
      int at = row * width;
      for (int x = 0; x < width; x++) {
        float share = columns.share[x];
        to[at + x] =
            (1 - share) * from[old + columns.first[x]] + share * from[old + columns.next[x]];
      }
    }
    return new Block(1, planes.channels(), planes.height(), width, to);
  }

  /**
   * Some rows of the result.
   *
   * @param first of them
   * @param to {@code [1, C, rows, W]}, as many rows as are wanted; overwritten
   * @throws IllegalArgumentException if it has another shape, or more rows than there are
   */
  public void rows(int first, Block to) {
    int count = to.height();
    int width = size.width();
    if (to.count() != 1 || to.channels() != wide.channels() || to.width() != width) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "rows of %d planes of %d columns do not fit into a block of %d x %d x %d x %d",
              wide.channels(),
              width,
              to.count(),
              to.channels(),
              count,
              to.width()));
    }
    if (first < 0 || first > size.height() - count) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d rows from row %d on are outside of a picture of %d",
              count,
              first,
              size.height()));
    }
    for (int c = 0; c < wide.channels(); c++) {
      int plane = c * wide.height();
      for (int y = 0; y < count; y++) {
        int above = (plane + down.first[first + y]) * width;
        int below = (plane + down.next[first + y]) * width;
        int at = (c * count + y) * width;
        mean(wide.values(), above, below, down.share[first + y], to.values(), at, width);
      }
    }
  }

  /** A loop of its own, of which the JVM makes vector instructions. */
  private static void mean(
      float[] from, int above, int below, float share, float[] to, int at, int count) {
    float rest = 1 - share;
    for (int x = 0; x < count; x++) {
      to[at + x] = rest * from[above + x] + share * from[below + x];
    }
  }
}
