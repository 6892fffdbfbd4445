package dev.mtlora.metric.edges;

import java.util.stream.IntStream;

/**
 * Thins ridges to lines of one pixel, once for all thresholds.
 *
 * <p>The benchmark thins the edges of every threshold anew; then a pixel may be an edge at 0.6 and
 * not at 0.5. Here the least probable pixels go first: those that pass only the first threshold are
 * thinned until nothing changes, then those that pass two, and so on, at last all together. What is
 * left of a plateau is its middle line, as before, and the edges of a lower threshold contain those
 * of a higher one, so that {@link Matching} can go on instead of starting again.
 *
 * <p>A step is that of Guo and Hall (CACM 32, 1989, algorithm A1), two half-steps from opposite
 * sides: a pixel goes if its removal does not cut its neighbourhood in two (C = 1) and it is no end
 * of a line (N of 2 or 3). The marked pixels go one by one, and only while C is still 1: so no
 * component ever vanishes or falls apart, also where pixels of one threshold go before others.
 */
final class Skeleton {
  private final int height;
  private final int width; // with a margin of one pixel on either side, as the height
  private final int[] passed; // thresholds passed; 0: no edge

  private Skeleton(EdgeMap ridges) {
    height = ridges.height() + 2;
    width = ridges.width() + 2;
    passed = new int[height * width];
    for (int y = 0; y < ridges.height(); y++) {
      for (int x = 0; x < ridges.width(); x++) {
        passed[(y + 1) * width + x + 1] = Thresholds.passed(ridges.at(y, x));
      }
    }
  }

  /**
   * Thresholds passed, 0..99, by every pixel that stays: {@code [y * width + x]}; 0 for all others.
   */
  static int[] of(EdgeMap ridges) {
    Skeleton skeleton = new Skeleton(ridges);
    for (int[] pixels : skeleton.byThreshold()) {
      skeleton.thin(pixels);
    }
    skeleton.thin(IntStream.range(0, skeleton.passed.length).filter(skeleton::isEdge).toArray());
    return skeleton.withoutMargin();
  }

  private int[][] byThreshold() {
    int[] count = new int[Thresholds.COUNT + 1];
    for (int p : passed) {
      count[p]++;
    }
    int[][] pixels = new int[Thresholds.COUNT][];
    for (int t = 1; t <= Thresholds.COUNT; t++) {
      pixels[t - 1] = new int[count[t]];
    }
    for (int i = passed.length - 1; i >= 0; i--) {
      if (isEdge(i)) {
        pixels[passed[i] - 1][--count[passed[i]]] = i;
      }
    }
    return pixels;
  }

  private boolean isEdge(int i) {
    return passed[i] > 0;
  }

  private void thin(int[] pixels) {
    int left = pixels.length;
    int[] marked = new int[left];
    boolean changed = true;
    while (changed) {
      int before = left;
      for (boolean first : new boolean[] {true, false}) {
        int marks = mark(pixels, left, first, marked);
        for (int i = 0; i < marks; i++) {
          if (crossings(neighbours(marked[i])) == 1) {
            passed[marked[i]] = 0;
          }
        }
        left = compact(pixels, left);
      }
      changed = left < before;
    }
  }

  private int mark(int[] pixels, int count, boolean first, int[] marked) {
    int marks = 0;
    for (int i = 0; i < count; i++) {
      if (mayGo(neighbours(pixels[i]), first)) {
        marked[marks++] = pixels[i];
      }
    }
    return marks;
  }

  private int compact(int[] pixels, int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (isEdge(pixels[i])) {
        pixels[kept++] = pixels[i];
      }
    }
    return kept;
  }

  /** One bit per neighbour that is an edge, clockwise from the upper one. */
  private int neighbours(int i) {
    return bit(i - width, 0)
        | bit(i - width + 1, 1)
        | bit(i + 1, 2)
        | bit(i + width + 1, 3)
        | bit(i + width, 4)
        | bit(i + width - 1, 5)
        | bit(i - 1, 6)
        | bit(i - width - 1, 7);
  }

  private int bit(int i, int position) {
    return isEdge(i) ? 1 << position : 0;
  }

  /** C: how many separate pieces of line meet here. */
  private static int crossings(int around) {
    int pieces = 0;
    for (int i = 0; i < 8; i += 2) {
      pieces += !has(around, i) && (has(around, i + 1) || has(around, i + 2)) ? 1 : 0;
    }
    return pieces;
  }

  private static boolean mayGo(int around, boolean first) {
    if (crossings(around) != 1) {
      return false;
    }
    int clockwise = 0;
    int counter = 0;
    for (int i = 0; i < 8; i += 2) {
      clockwise += has(around, i) || has(around, i + 1) ? 1 : 0;
      counter += has(around, i) || has(around, i + 7) ? 1 : 0;
    }
    int n = Math.min(clockwise, counter);
    return (n == 2 || n == 3) && !sheltered(around, first ? 0 : 4);
  }

  /** True on the sides that this half-step leaves to the other one, half a turn apart. */
  private static boolean sheltered(int around, int turn) {
    return has(around, turn + 2)
        && (has(around, turn) || has(around, turn + 1) || !has(around, turn + 3));
  }

  private static boolean has(int around, int position) {
    return (around >> (position & 7) & 1) == 1;
  }

  private int[] withoutMargin() {
    int[] out = new int[(height - 2) * (width - 2)];
    for (int y = 0; y < height - 2; y++) {
      System.arraycopy(passed, (y + 1) * width + 1, out, y * (width - 2), width - 2);
    }
    return out;
  }
}
