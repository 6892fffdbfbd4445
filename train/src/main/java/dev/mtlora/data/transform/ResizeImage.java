package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Resampling;
import dev.mtlora.tensor.Rng;

/**
 * Brings the image to what a model sees as {@link Resize} does and leaves labels at their size;
 * only normals get unit length, as after a resize.
 *
 * @param resize that of the image
 */
public record ResizeImage(Resize resize) implements Transform {

  @Override
  public Sample apply(Sample sample, Rng rng) {
    return sample.map(
        resize::of,
        (task, label) ->
            label.map(
                (of, values) ->
                    of.resized(values, label.height(), label.width(), Resampling.CUBIC)));
  }
}
