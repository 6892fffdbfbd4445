package dev.mtlora.decoder;

import dev.mtlora.nn.Conv2d;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Kept;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A 1x1 convolution of all levels of a pyramid, resized to the finest and laid side by side,
 * without resizing the deep ones first.
 *
 * <p>A 1x1 convolution mixes channels and a resize mixes positions, so they commute: {@code W [x0;
 * R x1] = W0 x0 + R (W1 x1)}. A level of a quarter of the finest side has a sixteenth of its
 * positions, and so does its product; bringing the result up is a product with the constant matrix
 * R that also adds it.
 */
final class PyramidProduct {
  /** More positions than this are brought up by a resize: the matrix would cost more. */
  private static final long LARGEST = 128;

  private PyramidProduct() {}

  /** What R depends on. */
  private record Sizes(
      long deepHeight, long deepWidth, long height, long width, Device device, DType dtype) {}

  /**
   * {@code [B, Ci, Hi, Wi] -> [B, out, H0, W0]}.
   *
   * @param convolution 1x1
   * @param pyramid level 0 first; everything is brought to its size
   * @param finestFirst true if the convolution's inputs are the channels of level 0, 1, ..., false
   *     if they come the other way round
   * @param kept where R is kept
   */
  static Tensor of(Conv2d convolution, List<Tensor> pyramid, boolean finestFirst, Kept kept) {
    Tensor finest = pyramid.get(0);
    List<Tensor> ordered = new ArrayList<>(pyramid);
    if (!finestFirst) {
      Collections.reverse(ordered);
    }
    int near = 1; // levels at least half as fine as the finest are resized first
    while (near < pyramid.size() && 2 * pyramid.get(near).size(2) >= finest.size(2)) {
      near++;
    }
    int deepFrom = finestFirst ? near : 0;
    int deepTo = deepFrom + pyramid.size() - near;
    int nearFrom = finestFirst ? 0 : deepTo;
    List<Tensor> resized =
        ordered.subList(nearFrom, nearFrom + near).stream()
            .map(level -> Decoder.resize(level, finest))
            .toList();
    Tensor sum = convolution.part(Tensor.cat(resized, 1), channels(ordered, nearFrom), true);
    for (int start = deepFrom; start < deepTo; ) {
      int end = start + 1;
      while (end < deepTo && sameSize(ordered.get(start), ordered.get(end))) {
        end++;
      }
      Tensor deep = Tensor.cat(ordered.subList(start, end), 1);
      sum = plusResized(sum, convolution.part(deep, channels(ordered, start), false), kept);
      start = end;
    }
    return sum;
  }

  private static boolean sameSize(Tensor a, Tensor b) {
    return a.size(2) == b.size(2) && a.size(3) == b.size(3);
  }

  private static long channels(List<Tensor> levels, int count) {
    return levels.subList(0, count).stream().mapToLong(level -> level.size(1)).sum();
  }

  /** {@code sum + R deep}. */
  private static Tensor plusResized(Tensor sum, Tensor deep, Kept kept) {
    long batch = sum.size(0);
    long positions = deep.size(2) * deep.size(3);
    if (positions > LARGEST) {
      return sum.plus(Decoder.resize(deep, sum));
    }
    Sizes sizes =
        new Sizes(
            deep.size(2),
            deep.size(3),
            sum.size(2),
            sum.size(3),
            deep.device(),
            deep.dtype().atLeastF32());
    Tensor resize = kept.get(sizes, () -> resizeMatrix(sizes)).expand(batch, -1, -1); // B, HW, hw
    return channelsLast(sum)
        .plusBmm(resize, channelsLast(deep))
        .view(batch, sum.size(2), sum.size(3), -1)
        .permute(0, 3, 1, 2); // in memory as before: channels last
  }

  /** {@code [B, C, H, W] -> [B, HW, C]}: a view of what a backbone's features give. */
  private static Tensor channelsLast(Tensor x) {
    return x.permute(0, 2, 3, 1).reshape(x.size(0), x.size(2) * x.size(3), x.size(1));
  }

  /** R: what a bilinear resize makes of each position alone, {@code [1, HW, hw]}. */
  private static Tensor resizeMatrix(Sizes sizes) {
    int positions = (int) (sizes.deepHeight() * sizes.deepWidth());
    float[] unit = new float[positions * positions];
    for (int i = 0; i < positions; i++) {
      unit[i * (positions + 1)] = 1;
    }
    Tensor maps =
        Tensor.of(unit, positions, 1, sizes.deepHeight(), sizes.deepWidth()).to(sizes.device());
    return Functional.resizeBilinear(maps.to(sizes.dtype()), sizes.height(), sizes.width())
        .view(1, positions, -1)
        .transpose(1, 2);
  }
}
