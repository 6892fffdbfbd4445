package dev.mtlora.data.transform;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Size;
import dev.mtlora.tensor.Rng;
import java.util.List;

/**
 * Transforms one after another, all drawing from the sample's one stream, in their order.
 *
 * @param steps first to last
 */
public record Pipeline(List<Transform> steps) implements Transform {
  public Pipeline {
    steps = List.copyOf(steps);
  }

  /**
   * Flip, rotation up to 20 degrees and scale 0.75 to 1.25: the recipe of the MTLoRA paper for
   * PASCAL.
   *
   * @param size that comes out
   */
  public static Pipeline pascalTraining(Size size) {
    return training(size, ScaleRotate.between(20, 0.75, 1.25));
  }

  /** Flip and a scale of 1, 1.2 or 1.5: the recipe for NYUD. */
  public static Pipeline nyudTraining(Size size) {
    return training(size, ScaleRotate.oneOf(List.of(1.0, 1.2, 1.5)));
  }

  /** A flip half of the time, then the given augmentation, then as for evaluation. */
  public static Pipeline training(Size size, ScaleRotate augmentation) {
    return new Pipeline(List.of(new HorizontalFlip(0.5), augmentation, evaluation(size)));
  }

  /** To a size whatever the proportions, then {@link #evaluation(Transform)}. */
  public static Pipeline evaluation(Size size) {
    return evaluation(new Resize(size));
  }

  /** A resize, ignore regions, normalise. */
  public static Pipeline evaluation(Transform resize) {
    return new Pipeline(List.of(resize, new IgnoreRegions(), Normalize.imageNet()));
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    Sample out = sample;
    for (Transform step : steps) {
      out = step.apply(out, rng);
    }
    return out;
  }
}
