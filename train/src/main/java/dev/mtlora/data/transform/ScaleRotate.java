package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Resampling;
import dev.mtlora.tensor.Rng;
import java.util.List;

/**
 * Turns and enlarges about the centre, at the same size: image and normals bicubic, the rest
 * nearest. Normals turn with the picture; depth is divided by the scale, as if the camera had come
 * nearer. What comes from outside is black in the image and ignored in the labels.
 *
 * @param maxDegrees the angle is uniform in -max .. max
 * @param scales two or more: one of them is chosen; see {@link #between} for a range
 * @param continuous whether the scale is uniform between the first and the last instead
 */
public record ScaleRotate(double maxDegrees, List<Double> scales, boolean continuous)
    implements Transform {
  public ScaleRotate {
    scales = List.copyOf(scales);
    if (!(maxDegrees >= 0 && maxDegrees <= 180)) {
      throw new IllegalArgumentException(
          "the largest rotation must be 0..180 degrees but is " + maxDegrees);
    }
    if (scales.isEmpty() || scales.stream().anyMatch(s -> !(s > 0 && s < 100))) {
      throw new IllegalArgumentException("scales must be positive numbers but are " + scales);
    }
  }

  /** Any angle up to the given one, any scale between the two. */
  public static ScaleRotate between(double maxDegrees, double minScale, double maxScale) {
    return new ScaleRotate(maxDegrees, List.of(minScale, maxScale), true);
  }

  /** No rotation, one of the given scales. */
  public static ScaleRotate oneOf(List<Double> scales) {
    return new ScaleRotate(0, scales, false);
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    double degrees = rng.uniform(-maxDegrees, maxDegrees);
    double scale =
        continuous
            ? rng.uniform(scales.get(0), scales.get(scales.size() - 1))
            : scales.get(rng.below(scales.size()));
    return turned(sample, degrees, scale);
  }

  /** The change itself, without chance. */
  Sample turned(Sample sample, double degrees, double scale) {
    if (degrees == 0 && scale == 1) {
      return sample;
    }
    return sample.map(
        image -> Resampling.CUBIC.turned(image, degrees, scale, 0),
        (task, label) -> label.map((of, values) -> of.turned(values, degrees, scale)));
  }
}
