package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Resampling;
import dev.mtlora.tensor.Rng;

/**
 * Brings the image to a square as {@link Resize} does and leaves labels at their size; only normals
 * get unit length, as after a resize.
 *
 * @param side pixels
 */
public record ResizeImage(int side) implements Transform {
  public ResizeImage {
    if (side < 1) {
      throw new IllegalArgumentException(
          "an image must be resized to a side of at least 1 pixel, not " + side);
    }
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    return sample.map(
        image -> Resampling.CUBIC.resized(image, side, side),
        (task, label) ->
            label.map(
                (of, values) ->
                    of.resized(values, label.height(), label.width(), Resampling.CUBIC)));
  }
}
