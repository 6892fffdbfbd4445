package dev.mtlora.metric.edges;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.Rng;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ThinningTest {
  private static String[] skeleton(String... rows) {
    return Drawn.rows(Skeleton.of(Drawn.map(rows)), rows[0].length());
  }

  private static String[] ridges(String... rows) {
    EdgeMap crests = Ridges.of(Drawn.map(rows));
    int[] passed = new int[crests.values().length];
    Arrays.setAll(passed, i -> Thresholds.passed(crests.values()[i]));
    return Drawn.rows(passed, crests.width());
  }

  @Test
  void skeleton_ofAPlateau_isItsMiddleLine() {
    assertThat(skeleton("..........", ".########.", ".########.", ".########.", ".........."))
        .containsExactly("..........", "..........", "..######..", "..........", "..........");
  }

  @Test
  void skeleton_ofALine_isTheLine() {
    String[] line = {"#....#", ".#...#", "..#..#", "...##.", "......"};
    assertThat(skeleton(line)).containsExactly(line);
  }

  @Test
  void skeleton_ofAThickLine_keepsTheMostProbablePixels() {
    assertThat(skeleton("33333333", "33333333", "99999999", "55555555"))
        .containsExactly("........", "........", "########", "........");
    assertThat(skeleton("55555555", "99999999", "33333333", "33333333"))
        .containsExactly("........", "########", "........", "........");
  }

  @Test
  void skeleton_ofABlock_isAPixel() {
    assertThat(String.join("", skeleton("....", ".##.", ".##.", "....")).replace(".", ""))
        .isEqualTo("#");
  }

  @Test
  void skeleton_keepsTheThresholdsOfItsPixels() {
    assertThat(Skeleton.of(Drawn.map("9.35"))).containsExactly(90, 0, 30, 50);
  }

  @Test
  void ridges_ofBlurredLines_areTheirCrests() {
    String[] blurred = {"..13931.", "..13931.", "..13931.", "..13931.", "..13931.", "..13931."};
    assertThat(ridges(blurred)).containsOnly("....#...");
  }

  @Test
  void ridges_ofABlurredDiagonal_areItsCrest() {
    String[] rows = new String[12];
    String[] crest = new String[12];
    for (int y = 0; y < 12; y++) {
      StringBuilder row = new StringBuilder("............");
      for (int x = 0; x < 12; x++) {
        row.setCharAt(x, "9631........".charAt(Math.abs(x - y)));
      }
      rows[y] = row.toString();
      crest[y] = ".".repeat(y) + "#" + ".".repeat(11 - y);
    }
    assertThat(ridges(rows)).containsExactly(crest);
  }

  @Test
  void ridges_ofABlurredCircle_lieOnIt() {
    float[] values = new float[64 * 64];
    for (int i = 0; i < values.length; i++) {
      double d = Math.hypot(i % 64 - 31.5, i / 64 - 31.5) - 20;
      values[i] = (float) (0.8 * Math.exp(-d * d / 18)); // 3 pixels wide
    }
    int[] passed = Skeleton.of(Ridges.of(new EdgeMap(64, 64, values)));
    int count = 0;
    for (int i = 0; i < passed.length; i++) {
      if (passed[i] > 0) {
        assertThat(Math.hypot(i % 64 - 31.5, i / 64 - 31.5)).isBetween(19.0, 21.0);
        count++;
      }
    }
    assertThat(count).as("8 / sqrt(2) pixels per radius, one pixel wide").isBetween(108, 124);
    assertThat(components(passed, 64)).isEqualTo(1);
  }

  @Test
  void ridges_ofAPlateau_leaveItWhole() {
    String[] plateau = {"..999..", "..999..", "..999..", "..999.."};
    assertThat(ridges(plateau)).containsOnly("..###..");
  }

  @Property(tries = 200)
  void skeleton_ofRandomMaps_hasTheSameComponents(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width) {
    Rng rng = new Rng(seed);
    float[] values = new float[height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = rng.uniform() < 0.4 ? 0 : (float) rng.uniform();
    }
    int[] before = new int[values.length];
    Arrays.setAll(before, i -> Thresholds.passed(values[i]));
    int[] after = Skeleton.of(new EdgeMap(height, width, values));
    String what = String.format(Locale.ROOT, "seed %d, %d x %d", seed, height, width);
    for (int i = 0; i < after.length; i++) {
      assertThat(after[i]).as(what).isIn(0, before[i]);
    }
    assertThat(components(after, width)).as(what).isEqualTo(components(before, width));
  }

  @Property(tries = 300)
  void skeleton_ofRandomMaps_isThatOfTheBook(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int levels) {
    Rng rng = new Rng(seed);
    float[] values = new float[7 * 8];
    for (int i = 0; i < values.length; i++) {
      values[i] = rng.uniform() < 0.25 ? 0 : (1 + rng.below(levels)) / 10f;
    }
    int[] expected = new int[values.length];
    Arrays.setAll(expected, i -> Thresholds.passed(values[i]));
    for (int t = 1; t <= Thresholds.COUNT; t++) {
      int own = t;
      thin(expected, 8, IntStream.range(0, 56).filter(i -> expected[i] == own).toArray());
    }
    thin(expected, 8, IntStream.range(0, 56).filter(i -> expected[i] > 0).toArray());
    assertThat(Skeleton.of(new EdgeMap(7, 8, values))).as("seed %d", seed).isEqualTo(expected);
  }

  /** Guo and Hall's algorithm A1 on some pixels, in their words, one pixel at a time. */
  private static void thin(int[] map, int width, int[] pixels) {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int iteration = 0; iteration < 2; iteration++) {
        int turn = iteration;
        int[] marked = IntStream.of(pixels).filter(i -> goes(map, width, i, turn)).toArray();
        for (int i : marked) {
          if (pieces(around(map, width, i)) == 1) {
            map[i] = 0;
            changed = true;
          }
        }
      }
    }
  }

  /** p[2] is the upper neighbour, the others follow clockwise; p[10] is p[2] again. */
  private static boolean[] around(int[] map, int width, int i) {
    int[][] steps = {{-1, 0}, {-1, 1}, {0, 1}, {1, 1}, {1, 0}, {1, -1}, {0, -1}, {-1, -1}, {-1, 0}};
    boolean[] p = new boolean[11];
    for (int k = 0; k < 9; k++) {
      int y = i / width + steps[k][0];
      int x = i % width + steps[k][1];
      p[k + 2] = y >= 0 && x >= 0 && x < width && y < map.length / width && map[y * width + x] > 0;
    }
    return p;
  }

  private static int pieces(boolean[] p) {
    return one(!p[2] && (p[3] || p[4]))
        + one(!p[4] && (p[5] || p[6]))
        + one(!p[6] && (p[7] || p[8]))
        + one(!p[8] && (p[9] || p[2]));
  }

  private static boolean goes(int[] map, int width, int i, int turn) {
    boolean[] p = around(map, width, i);
    int n1 = one(p[9] || p[2]) + one(p[3] || p[4]) + one(p[5] || p[6]) + one(p[7] || p[8]);
    int n2 = one(p[2] || p[3]) + one(p[4] || p[5]) + one(p[6] || p[7]) + one(p[8] || p[9]);
    int n = Math.min(n1, n2);
    boolean stays = turn == 0 ? (p[2] || p[3] || !p[5]) && p[4] : (p[6] || p[7] || !p[9]) && p[8];
    return map[i] > 0 && pieces(p) == 1 && n >= 2 && n <= 3 && !stays;
  }

  private static int one(boolean condition) {
    return condition ? 1 : 0;
  }

  /** Number of pieces that hang together, over corners too. */
  private static int components(int[] passed, int width) {
    boolean[] done = new boolean[passed.length];
    int components = 0;
    for (int i = 0; i < passed.length; i++) {
      if (passed[i] > 0 && !done[i]) {
        components++;
        fill(passed, width, i, done);
      }
    }
    return components;
  }

  private static void fill(int[] passed, int width, int start, boolean[] done) {
    ArrayDeque<Integer> open = new ArrayDeque<>();
    open.add(start);
    done[start] = true;
    while (!open.isEmpty()) {
      int at = open.remove();
      for (int y = Math.max(0, at / width - 1); y <= at / width + 1; y++) {
        for (int x = Math.max(0, at % width - 1); x <= Math.min(width - 1, at % width + 1); x++) {
          int to = y * width + x;
          if (to < passed.length && passed[to] > 0 && !done[to]) {
            done[to] = true;
            open.add(to);
          }
        }
      }
    }
  }
}
