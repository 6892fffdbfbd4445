package dev.mtlora.image;

import java.util.Locale;

/**
 * Planes at another size, some rows at a time: bilinear between the centres of pixels, as PyTorch's
 * {@code interpolate(mode="bilinear", align_corners=False)} and in its f32, without smoothing where
 * they become smaller. For each row two lines are made, by their columns, and mixed; beside what is
 * asked for there are never more than those two.
 */
public final class Bilinear {
  private final Block planes;
  private final Size size;
  private final Axis down;
  private final Axis across;

  private Bilinear(Block planes, Size size) {
    this.planes = planes;
    this.size = size;
    down = Axis.of(planes.height(), size.height());
    across = Axis.of(planes.width(), size.width());
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
    return new Bilinear(planes, size);
  }

  /** Where numbers come from: {@code (1 - share) * old[first] + share * old[next]}. */
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
    if (to.count() != 1 || to.channels() != planes.channels() || to.width() != width) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "rows of %d planes of %d columns do not fit into a block of %d x %d x %d x %d",
              planes.channels(),
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
    Line above = new Line();
    Line below = new Line();
    for (int c = 0; c < planes.channels(); c++) {
      int plane = c * planes.height();
      for (int y = 0; y < count; y++) {
        int top = plane + down.first[first + y];
        if (top == below.row) { // what was below is above now
          Line other = above;
          above = below;
          below = other;
        }
        above.become(top);
        below.become(plane + down.next[first + y]);
        float share = down.share[first + y];
        mean(above.values, below.values, share, to.values(), (c * count + y) * width);
      }
    }
  }

  /** A row of a plane with as many columns as are wanted. */
  private final class Line {
    private final float[] values = new float[size.width()];
    private int row = -1; // of all planes, one below the other

    void become(int wanted) {
      if (wanted == row) {
        return;
      }
      row = wanted;
      float[] from = planes.values();
      int old = wanted * planes.width();
      for (int x = 0; x < values.length; x++) {
        float share = across.share[x];
        values[x] = (1 - share) * from[old + across.first[x]] + share * from[old + across.next[x]];
      }
    }
  }

  /** A loop of its own, of which the JVM makes vector instructions. */
  private static void mean(float[] above, float[] below, float share, float[] to, int at) {
    float rest = 1 - share;
    for (int x = 0; x < above.length; x++) {
      to[at + x] = rest * above[x] + share * below[x];
    }
  }
}
