package dev.mtlora.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a large picture is cut, so that it need not be squashed: into squares that overlap, each
 * brought to the model's size like a picture of its own. Where tiles overlap, their logits are
 * mixed, each with a weight that falls linearly towards the tile's edge.
 *
 * @param side of a tile, in pixels of the picture; a picture that is narrower or lower is cut in
 *     the other direction only
 * @param overlap of neighbours, in pixels of the picture, below the side; those at the far edges
 *     overlap by more
 */
public record Tile(int side, int overlap) {
  private static final int MOST = 1 << 14;

  /** Checks both. */
  public Tile {
    if (side < 1 || side > MOST) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "a tile's side must be 1 to %,d pixels but is %d", MOST, side));
    }
    if (overlap < 0 || overlap >= side) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a tile's overlap must be at least 0 and below its side of %d but is %d",
              side,
              overlap));
    }
  }

  /** Where tiles begin along a side of a picture; the last one ends with it. */
  List<Integer> starts(int length) {
    List<Integer> starts = new ArrayList<>();
    for (int at = 0; at + side < length; at += side - overlap) {
      starts.add(at);
    }
    starts.add(Math.max(0, length - side));
    return starts;
  }

  /** The weights along a side of a tile. */
  float[] weights(int length) {
    float[] weights = new float[length];
    for (int i = 0; i < length; i++) {
      weights[i] = Math.min(Math.min(i, length - 1 - i), overlap) + 1;
    }
    return weights;
  }

  /** The sum of all tiles' weights at every position along a side of a picture. */
  float[] sums(int length) {
    float[] sums = new float[length];
    float[] weights = weights(Math.min(side, length));
    for (int start : starts(length)) {
      for (int i = 0; i < weights.length; i++) {
        sums[start + i] += weights[i];
      }
    }
    return sums;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "tiles of %d that overlap by %d", side, overlap);
  }
}
