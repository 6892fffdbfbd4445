package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Size;
import dev.mtlora.tensor.Rng;
import java.util.Locale;

/**
 * Cuts a part of a given size out of image and labels, anywhere; nothing is resized, and so nothing
 * comes nearer.
 *
 * @param size of the part, in pixels
 */
public record CutOut(Size size) implements Transform {
  @Override
  public Sample apply(Sample sample, Rng rng) {
    int down = sample.image().height() - size.height();
    int right = sample.image().width() - size.width();
    if (down < 0 || right < 0) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "the picture %s is %d x %d (height x width) after data.resize, which is smaller than"
                  + " augmentation.crop, {height: %d, width: %d}: make the crop smaller, or the"
                  + " pictures larger",
              sample.id(),
              sample.image().height(),
              sample.image().width(),
              size.height(),
              size.width()));
    }
    int top = rng.below(down + 1);
    int left = rng.below(right + 1);
    return sample.map(
        image -> image.part(top, left, size.height(), size.width()),
        (task, label) ->
            label.map((of, values) -> values.part(top, left, size.height(), size.width())));
  }
}
