package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Resampling;
import dev.mtlora.image.Size;
import dev.mtlora.tensor.Rng;
import java.util.Locale;

/**
 * Brings image and labels to one size whatever their aspect ratio: image and normals bicubic, the
 * rest nearest; normals have unit length afterwards. The image may overshoot 0..255 a little;
 * {@link Normalize} rounds and clamps it.
 *
 * @param height pixels
 * @param width pixels
 */
public record Resize(int height, int width) implements Transform {
  public Resize {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a picture must be resized to at least 1 x 1 pixels, not %d x %d",
              width,
              height));
    }
  }

  /** To a size. */
  public Resize(Size size) {
    this(size.height(), size.width());
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    return sample.map(
        image -> Resampling.CUBIC.resized(image, height, width),
        (task, label) ->
            label.map((of, values) -> of.resized(values, height, width, Resampling.CUBIC)));
  }
}
