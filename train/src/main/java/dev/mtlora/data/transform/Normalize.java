package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.tensor.Rng;

/**
 * The image as a backbone reads it; labels stay.
 *
 * @param preprocessing what happens to its values
 */
public record Normalize(Preprocessing preprocessing) implements Transform {
  /** With the mean and deviation of ImageNet, as the published backbones expect. */
  public static Normalize imageNet() {
    return new Normalize(Preprocessing.imageNet());
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    return sample.map(preprocessing::normalized, (task, label) -> label);
  }
}
