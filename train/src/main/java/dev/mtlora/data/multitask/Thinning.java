package dev.mtlora.data.multitask;

import java.util.function.IntPredicate;

/**
 * Makes regions one pixel thin without breaking them: the two-pass parallel thinning of Guo and
 * Hall ("Parallel thinning with two-subiteration algorithms", CACM 1989), in the form of Lam, Lee
 * and Suen (PAMI 1992). A pixel goes if its neighbours form one connected arc of two or three steps
 * and, in the first pass, it lies at the south-east, in the second, at the north-west; until
 * nothing changes. What lies outside the map is empty.
 *
 * <p>Neighbours are bits 0 to 7: east, north-east, north and so on, counter-clockwise.
 */
final class Thinning {
  private static final boolean[] FIRST =
      removable(n -> !((bit(n, 1) || bit(n, 2) || !bit(n, 7)) && bit(n, 0)));
  private static final boolean[] SECOND =
      removable(n -> !((bit(n, 5) || bit(n, 6) || !bit(n, 3)) && bit(n, 4)));

  private Thinning() {}

  /** The thinned map; the given one is not changed. */
  static boolean[] of(boolean[] map, int height, int width) {
    int stride = width + 2;
    boolean[] padded = new boolean[(height + 2) * stride];
    for (int y = 0; y < height; y++) {
      System.arraycopy(map, y * width, padded, (y + 1) * stride + 1, width);
    }
    boolean changed = true;
    while (changed) {
      changed = pass(padded, stride, FIRST);
      changed |= pass(padded, stride, SECOND);
    }
    boolean[] out = new boolean[map.length];
    for (int y = 0; y < height; y++) {
      System.arraycopy(padded, (y + 1) * stride + 1, out, y * width, width);
    }
    return out;
  }

  private static boolean pass(boolean[] map, int stride, boolean[] removable) {
    int[] around = {1, 1 - stride, -stride, -stride - 1, -1, stride - 1, stride, stride + 1};
    boolean[] before = map.clone();
    boolean changed = false;
    for (int at = stride + 1; at < map.length - stride - 1; at++) {
      if (before[at] && removable[neighbours(before, at, around)]) {
        map[at] = false;
        changed = true;
      }
    }
    return changed;
  }

  private static int neighbours(boolean[] map, int at, int[] around) {
    int bits = 0;
    for (int i = 0; i < 8; i++) {
      bits |= map[at + around[i]] ? 1 << i : 0;
    }
    return bits;
  }

  /** For every pattern of neighbours, whether the pixel may go in a pass. */
  private static boolean[] removable(IntPredicate side) {
    boolean[] table = new boolean[256];
    for (int n = 0; n < table.length; n++) {
      int starts = 0;
      int early = 0;
      int late = 0;
      for (int k = 0; k < 8; k += 2) {
        starts += !bit(n, k) && (bit(n, k + 1) || bit(n, k + 2)) ? 1 : 0;
        early += bit(n, k) || bit(n, k + 1) ? 1 : 0;
        late += bit(n, k + 1) || bit(n, k + 2) ? 1 : 0;
      }
      int steps = Math.min(early, late);
      table[n] = starts == 1 && (steps == 2 || steps == 3) && side.test(n);
    }
    return table;
  }

  private static boolean bit(int bits, int index) {
    return (bits >> (index & 7) & 1) == 1;
  }
}
