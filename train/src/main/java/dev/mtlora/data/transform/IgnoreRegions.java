package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;

/**
 * Ignores the whole label of a picture where it says that nobody has looked, such as human_parts of
 * a picture without people. Comes after every change of geometry, which may cut the people off.
 */
public record IgnoreRegions() implements Transform {
  @Override
  public Sample apply(Sample sample, Rng rng) {
    return sample.map(image -> image, (task, label) -> label.map(Label::counted));
  }
}
