package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Resampling;
import dev.mtlora.image.Size;
import dev.mtlora.tensor.Rng;

/**
 * Brings image and labels to what a model sees: image and normals bicubic, the rest nearest;
 * normals have unit length afterwards. The image may overshoot 0..255 a little; {@link Normalize}
 * rounds and clamps it. Where nothing of the picture is, the image is black and labels are ignored.
 *
 * @param fit how
 * @param size that the model is made for
 */
public record Resize(Fit fit, Size size) implements Transform {
  /** To a size, whatever the proportions. */
  public Resize(Size size) {
    this(Fit.USUAL, size);
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    Fit.Frame frame = frame(sample.image());
    Size content = frame.content();
    return sample.map(
        frame::of,
        (task, label) ->
            label.map(
                (of, values) ->
                    frame.framed(
                        of.resized(values, content.height(), content.width(), Resampling.CUBIC),
                        Float.NaN)));
  }

  /** To what a picture becomes, without what is around it: for people who look at it. */
  public Resize toContent(Raster image) {
    return new Resize(frame(image).content());
  }

  private Fit.Frame frame(Raster image) {
    return fit.frame(new Size(image.height(), image.width()), size);
  }

  /** The image alone. */
  Raster of(Raster image) {
    return frame(image).of(image);
  }
}
