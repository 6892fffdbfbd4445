package dev.mtlora.metric.edges;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Pairs predicted edge pixels with drawn ones, one to one and as many as possible, where a pair may
 * lie at most a radius apart.
 *
 * <p>Predicted pixels come one by one. Each starts a breadth-first search for an augmenting path:
 * to a drawn pixel in reach; if that is taken, on from the predicted pixel that holds it, which
 * might take another. If the search ends at a free pixel, all on the path exchange partners and
 * there is one pair more; nobody who had a partner loses it. If not, the newcomer can never be
 * paired without leaving out another: what prefixes of the sequence can be paired is a transversal
 * matroid, in which a greedy choice is maximal (Edmonds and Fulkerson 1965). So one attempt per
 * pixel gives the maximum after each pixel (Berge 1957), and going from the most probable to the
 * least gives it for all thresholds at the price of one.
 *
 * <p>A search that fails has seen only drawn pixels whose holders reach nothing beyond. They stay
 * so for ever, as nothing is freed later, and no search enters them again: all failures together
 * cost no more than looking at each pixel's surroundings once.
 */
final class Matching {
  private static final int NONE = -1;
  private static final int DEAD = Integer.MAX_VALUE;

  private final int margin;
  private final int stride;
  private final int[] offsets; // of all cells in reach, the nearest first
  private final int[] drawnAt; // by cell of the image with its margin; NONE: no drawn pixel
  private final int[] partner; // by cell: the drawn pixel of a predicted one
  private final int[] holder; // by drawn pixel: the cell of the predicted one
  private final int[] from; // by drawn pixel: the cell from which the search came
  private final int[] seen; // by drawn pixel: the number of the last search that saw it, or DEAD
  private final int[] queue; // of cells
  private int search;

  /**
   * No pairs yet.
   *
   * @param radius the largest distance in pixels, at least 0
   */
  Matching(EdgeMap drawn, double radius) {
    margin = (int) Math.ceil(radius);
    stride = drawn.width() + 2 * margin;
    offsets = offsets(radius);
    int cells = Math.multiplyExact(stride, drawn.height() + 2 * margin);
    drawnAt = filled(cells);
    partner = filled(cells);
    int count = number(drawn);
    holder = filled(count);
    from = filled(count);
    seen = new int[count];
    queue = new int[count + 1];
  }

  private static int[] filled(int length) {
    int[] values = new int[length];
    Arrays.fill(values, NONE);
    return values;
  }

  private int number(EdgeMap drawn) {
    int count = 0;
    for (int y = 0; y < drawn.height(); y++) {
      for (int x = 0; x < drawn.width(); x++) {
        if (drawn.isEdge(y * drawn.width() + x)) {
          drawnAt[cell(y, x)] = count++;
        }
      }
    }
    return count;
  }

  private int[] offsets(double radius) {
    record Step(int dy, int dx) {
      int square() {
        return dy * dy + dx * dx;
      }
    }
    List<Step> steps = new ArrayList<>();
    double limit = radius * radius * (1 + 1e-9); // 0.0075 * 400 may miss 3 by a rounding
    for (int dy = -margin; dy <= margin; dy++) {
      for (int dx = -margin; dx <= margin; dx++) {
        if (dy * dy + dx * dx <= limit) {
          steps.add(new Step(dy, dx));
        }
      }
    }
    steps.sort(Comparator.comparingInt(Step::square));
    return steps.stream().mapToInt(step -> step.dy * stride + step.dx).toArray();
  }

  private int cell(int y, int x) {
    return (y + margin) * stride + x + margin;
  }

  /** Number of drawn pixels. */
  int drawn() {
    return holder.length;
  }

  /** Takes in a predicted pixel that was not there before; true if there is one pair more. */
  boolean add(int y, int x) {
    search++;
    queue[0] = cell(y, x);
    int size = 1;
    for (int head = 0; head < size; head++) {
      for (int offset : offsets) {
        int reached = drawnAt[queue[head] + offset];
        if (reached != NONE && seen[reached] < search) {
          seen[reached] = search;
          from[reached] = queue[head];
          if (holder[reached] == NONE) {
            exchange(reached);
            return true;
          }
          queue[size++] = holder[reached];
        }
      }
    }
    for (int i = 1; i < size; i++) {
      seen[partner[queue[i]]] = DEAD;
    }
    return false;
  }

  private void exchange(int free) {
    int drawn = free;
    while (drawn != NONE) {
      int predicted = from[drawn];
      int left = partner[predicted]; // NONE where the search began
      partner[predicted] = drawn;
      holder[drawn] = predicted;
      drawn = left;
    }
  }
}
