package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Resampling;
import dev.mtlora.image.Size;
import dev.mtlora.tensor.Rng;

/**
 * Brings the image to a size as {@link Resize} does and leaves labels at their size; only normals
 * get unit length, as after a resize.
 *
 * @param size of the image
 */
public record ResizeImage(Size size) implements Transform {

  @Override
  public Sample apply(Sample sample, Rng rng) {
    return sample.map(
        image -> Resampling.CUBIC.resized(image, size.height(), size.width()),
        (task, label) ->
            label.map(
                (of, values) ->
                    of.resized(values, label.height(), label.width(), Resampling.CUBIC)));
  }
}
