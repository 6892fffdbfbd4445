package dev.mtlora.data.multitask;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.Rng;
import java.util.ArrayDeque;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ThinningTest {
  private static boolean[] map(String... rows) {
    boolean[] map = new boolean[rows.length * rows[0].length()];
    for (int i = 0; i < map.length; i++) {
      map[i] = rows[i / rows[0].length()].charAt(i % rows[0].length()) == '#';
    }
    return map;
  }

  @Test
  void bar_threeWide_becomesItsMiddleLine() {
    boolean[] bar = map(".......", ".#####.", ".#####.", ".#####.", ".......");
    assertThat(Thinning.of(bar, 5, 7))
        .isEqualTo(map(".......", ".......", "..###..", ".......", "......."));
  }

  @Test
  void lineAtTheBorder_stays() {
    boolean[] line = map("####", "....", "....");
    assertThat(Thinning.of(line, 3, 4)).isEqualTo(line);
  }

  @Test
  void ring_keepsItsHole() {
    boolean[] ring = map("#####", "#####", "##.##", "#####", "#####");
    boolean[] thin = Thinning.of(ring, 5, 5);
    assertThat(components(invert(thin), 5, 5, false)).isEqualTo(2);
    assertThat(components(thin, 5, 5, true)).isOne();
  }

  @Property(tries = 200)
  void anyMap_thinned_isASubsetWithTheSamePiecesAndFinal(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 24) int side) {
    Rng rng = new Rng(seed);
    boolean[] map = new boolean[side * 20];
    for (int i = 0; i < map.length; i++) {
      map[i] = rng.chance(0.6);
    }
    boolean[] thin = Thinning.of(map, side, 20);
    for (int i = 0; i < map.length; i++) {
      assertThat(map[i] || !thin[i]).isTrue();
    }
    assertThat(components(thin, side, 20, true)).isEqualTo(components(map, side, 20, true));
    assertThat(Thinning.of(thin, side, 20)).isEqualTo(thin);
  }

  private static boolean[] invert(boolean[] map) {
    boolean[] out = new boolean[map.length];
    for (int i = 0; i < map.length; i++) {
      out[i] = !map[i];
    }
    return out;
  }

  /** Connected pieces, of 8 neighbours or of 4. */
  private static int components(boolean[] map, int height, int width, boolean diagonal) {
    boolean[] left = map.clone();
    int count = 0;
    for (int start = 0; start < left.length; start++) {
      if (left[start]) {
        count++;
        flood(left, start, height, width, diagonal);
      }
    }
    return count;
  }

  private static void flood(boolean[] left, int start, int height, int width, boolean diagonal) {
    ArrayDeque<Integer> open = new ArrayDeque<>();
    open.add(start);
    left[start] = false;
    while (!open.isEmpty()) {
      int at = open.remove();
      for (int step = 0; step < 9; step++) {
        int y = at / width + step / 3 - 1;
        int x = at % width + step % 3 - 1;
        boolean inside = y >= 0 && y < height && x >= 0 && x < width;
        if (inside && (diagonal || step % 2 == 1) && left[y * width + x]) {
          left[y * width + x] = false;
          open.add(y * width + x);
        }
      }
    }
  }
}
