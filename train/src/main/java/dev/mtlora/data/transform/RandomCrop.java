package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import java.util.Locale;

/**
 * Cuts a part of the same aspect ratio out of image and labels, anywhere. Since the part is then
 * brought to the size of the whole, depth is multiplied by the share, as if the camera had come
 * nearer ({@link ScaleRotate} treats it so too).
 *
 * @param smallest share of either side that is kept, above 0
 * @param largest share of either side that is kept, at most 1; the share is uniform between the two
 */
public record RandomCrop(double smallest, double largest) implements Transform {
  public RandomCrop {
    if (!(smallest > 0 && smallest <= largest && largest <= 1)) {
      throw new IllegalArgumentException(
          "a crop keeps shares [smallest, largest] of the sides, above 0 and at most 1, but they"
              + String.format(Locale.ROOT, " are [%s, %s]", smallest, largest));
    }
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    double share = rng.uniform(smallest, largest);
    return new Cut(share, rng.uniform(), rng.uniform()).of(sample);
  }

  /**
   * The cut itself, without chance.
   *
   * @param share of either side
   * @param down from 0 (at the top) to 1 (at the bottom)
   * @param right from 0 (at the left) to 1 (at the right)
   */
  record Cut(double share, double down, double right) {
    Sample of(Sample sample) {
      return sample.map(
          this::part, (task, label) -> label.map((of, values) -> of.nearer(part(values), share)));
    }

    private Raster part(Raster whole) {
      int height = kept(whole.height());
      int width = kept(whole.width());
      int top = Math.min((int) (down * (whole.height() - height + 1)), whole.height() - height);
      int left = Math.min((int) (right * (whole.width() - width + 1)), whole.width() - width);
      return whole.part(top, left, height, width);
    }

    private int kept(int side) {
      return Math.max(1, (int) Math.round(share * side));
    }
  }
}
