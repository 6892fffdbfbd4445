package dev.mtlora.metric.edges;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Small random images against all possible pairings, tried one after the other. */
class MatchingPropertyTest {
  private record Pixel(int y, int x, int passed) {}

  private record Image(int height, int width, double tolerance, Rng rng) {
    List<Pixel> pixels(int count) {
      List<Pixel> pixels = new ArrayList<>();
      Set<Integer> taken = new HashSet<>();
      for (int i = 0; i < count; i++) {
        int at = (int) (rng.uniform() * height * width);
        if (taken.add(at)) {
          pixels.add(new Pixel(at / width, at % width, 1 + 33 * (int) (rng.uniform() * 3)));
        }
      }
      return pixels;
    }

    EdgeMap map(List<Pixel> pixels) {
      float[] values = new float[height * width];
      pixels.forEach(p -> values[p.y * width + p.x] = 1);
      return new EdgeMap(height, width, values);
    }

    int[] passed(List<Pixel> pixels) {
      int[] passed = new int[height * width];
      pixels.forEach(p -> passed[p.y * width + p.x] = p.passed);
      return passed;
    }

    boolean near(Pixel a, Pixel b) {
      double limit = tolerance * Math.hypot(height, width);
      return Math.hypot(a.y - b.y, a.x - b.x) <= limit + 1e-6;
    }

    /** The most pairs there can be: all sets of drawn pixels that the predicted ones can fill. */
    int most(List<Pixel> predicted, List<Pixel> drawn) {
      Set<Integer> filled = new HashSet<>(Set.of(0));
      for (Pixel p : predicted) {
        for (int set : List.copyOf(filled)) {
          for (int d = 0; d < drawn.size(); d++) {
            if (near(p, drawn.get(d))) {
              filled.add(set | 1 << d);
            }
          }
        }
      }
      return filled.stream().mapToInt(Integer::bitCount).max().orElseThrow();
    }
  }

  private static Comparator<Pixel> order() {
    return Comparator.comparingInt((Pixel p) -> -p.passed)
        .thenComparingInt(Pixel::y)
        .thenComparingInt(Pixel::x);
  }

  @Property(tries = 400)
  void count_ofRandomImages_isThatOfTheBestPairing(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 6) int height,
      @ForAll @IntRange(min = 1, max = 7) int width,
      @ForAll @DoubleRange(min = 0, max = 0.4) double tolerance,
      @ForAll @IntRange(min = 1, max = 3) int people) {
    Image image = new Image(height, width, tolerance, new Rng(seed));
    List<Pixel> predicted = image.pixels(12);
    predicted.sort(order());
    List<List<Pixel>> drawings = new ArrayList<>();
    for (int i = 0; i < people; i++) {
      drawings.add(image.pixels(i == 1 ? 0 : 9));
    }
    List<EdgeCounts> tallies =
        new Correspondence(tolerance)
            .countThin(image.passed(predicted), drawings.stream().map(image::map).toList());
    for (int t : new int[] {1, 34, 67}) {
      List<Pixel> strong = predicted.stream().filter(p -> p.passed >= t).toList();
      assertThat(tallies.get(t - 1))
          .as("threshold %d/100, seed %d, %d x %d, tolerance %s", t, seed, height, width, tolerance)
          .isEqualTo(expected(image, strong, drawings));
    }
  }

  private static EdgeCounts expected(Image image, List<Pixel> strong, List<List<Pixel>> drawings) {
    Set<Pixel> matched = new HashSet<>();
    int recalled = 0;
    int drawn = 0;
    for (List<Pixel> drawing : drawings) {
      drawn += drawing.size();
      int pairs = 0;
      for (int i = 0; i < strong.size(); i++) {
        int with = image.most(strong.subList(0, i + 1), drawing);
        if (with > pairs) {
          matched.add(strong.get(i)); // one pair more with it than without it
        }
        pairs = with;
      }
      recalled += pairs;
    }
    return new EdgeCounts(recalled, drawn, matched.size(), strong.size());
  }
}
