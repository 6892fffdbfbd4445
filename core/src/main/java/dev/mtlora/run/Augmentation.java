package dev.mtlora.run;

import dev.mtlora.data.Transform;
import dev.mtlora.data.transform.ColourJitter;
import dev.mtlora.data.transform.HorizontalFlip;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.RandomCrop;
import dev.mtlora.data.transform.ScaleRotate;
import dev.mtlora.image.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What happens to training samples before they are resized; the defaults are the paper's recipe for
 * PASCAL.
 *
 * @param flip probability of mirroring
 * @param rotate largest angle in degrees, either way
 * @param scale factors between which one is chosen, [smallest, largest]; 0.75 to 1.25 unless {@code
 *     scales} is given
 * @param scales factors of which one is chosen, instead
 * @param crop share of the sides that is cut out, [smallest, largest] or one; nothing is cut out
 *     unless it is given
 * @param colour how the colours change, if they do
 */
public record Augmentation(
    double flip,
    double rotate,
    List<Double> scale,
    List<Double> scales,
    List<Double> crop,
    Optional<ColourJitter> colour) {
  private static final List<Double> PASCAL = List.of(0.75, 1.25);

  /** Checks the ranges. */
  public Augmentation {
    scale = List.copyOf(scale);
    scales = List.copyOf(scales);
    crop = List.copyOf(crop);
    if (!scale.isEmpty() && !scales.isEmpty()) {
      throw new IllegalArgumentException(
          "it has both scale (a range) and scales (a choice); keep one of the two");
    }
    if (scale.size() == 2 && scale.get(0) > scale.get(1)) {
      throw new IllegalArgumentException("scale must be [smallest, largest] but is " + scale);
    }
    if (crop.size() > 2) {
      throw new IllegalArgumentException("crop must be [smallest, largest] but is " + crop);
    }
    new HorizontalFlip(flip);
    scaleRotate(rotate, scale, scales);
    crop(crop);
  }

  /** The paper's recipe for PASCAL. */
  public Augmentation() {
    this(0.5, 20, List.of(), List.of(), List.of(), Optional.empty());
  }

  private static ScaleRotate scaleRotate(double rotate, List<Double> scale, List<Double> scales) {
    return scales.isEmpty()
        ? new ScaleRotate(rotate, scale.isEmpty() ? PASCAL : scale, true)
        : new ScaleRotate(rotate, scales, false);
  }

  private static Optional<RandomCrop> crop(List<Double> shares) {
    return shares.isEmpty()
        ? Optional.empty()
        : Optional.of(new RandomCrop(shares.get(0), shares.get(shares.size() - 1)));
  }

  /** All transforms of a training sample, for images of a size. */
  Transform training(Size size) {
    List<Transform> steps = new ArrayList<>();
    steps.add(new HorizontalFlip(flip));
    steps.add(scaleRotate(rotate, scale, scales));
    crop(crop).ifPresent(steps::add); // draws after those above, which therefore stay the same
    colour.ifPresent(steps::add);
    steps.add(Pipeline.evaluation(size));
    return new Pipeline(steps);
  }
}
