package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;

/**
 * Mirrors left and right; the x of normals changes its sign.
 *
 * @param probability 0..1
 */
public record HorizontalFlip(double probability) implements Transform {
  public HorizontalFlip {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "the probability of a flip must be 0..1 but is " + probability);
    }
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    return rng.chance(probability)
        ? sample.map(Raster::mirrored, (task, label) -> label.map(Label::mirrored))
        : sample;
  }
}
