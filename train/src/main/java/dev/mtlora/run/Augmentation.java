package dev.mtlora.run;

import dev.mtlora.data.Transform;
import dev.mtlora.data.transform.ColourJitter;
import dev.mtlora.data.transform.HorizontalFlip;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.Resize;
import dev.mtlora.data.transform.ScaleRotate;
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
 * @param crop what is cut out: a share of the sides, [smallest, largest] or one, or as many pixels
 *     as {@code {height: 256, width: 512}} says, of the picture after data.resize; nothing is cut
 *     out unless it is given
 * @param colour how the colours change, if they do
 */
public record Augmentation(
    double flip,
    double rotate,
    List<Double> scale,
    List<Double> scales,
    Optional<Crop> crop,
    Optional<ColourJitter> colour) {
  private static final List<Double> PASCAL = List.of(0.75, 1.25);

  /** Checks the ranges. */
  public Augmentation {
    scale = List.copyOf(scale);
    scales = List.copyOf(scales);
    if (!scale.isEmpty() && !scales.isEmpty()) {
      throw new IllegalArgumentException(
          "it has both scale (a range) and scales (a choice); keep one of the two");
    }
    if (scale.size() == 2 && scale.get(0) > scale.get(1)) {
      throw new IllegalArgumentException("scale must be [smallest, largest] but is " + scale);
    }
    new HorizontalFlip(flip);
    scaleRotate(rotate, scale, scales);
  }

  /** The paper's recipe for PASCAL. */
  public Augmentation() {
    this(0.5, 20, List.of(), List.of(), Optional.empty(), Optional.empty());
  }

  private static ScaleRotate scaleRotate(double rotate, List<Double> scale, List<Double> scales) {
    return scales.isEmpty()
        ? new ScaleRotate(rotate, scale.isEmpty() ? PASCAL : scale, true)
        : new ScaleRotate(rotate, scales, false);
  }

  /**
   * All transforms of a training sample.
   *
   * @param resize to what the model sees
   */
  Transform training(Resize resize) {
    List<Transform> steps = new ArrayList<>();
    steps.add(new HorizontalFlip(flip));
    steps.add(scaleRotate(rotate, scale, scales));
    crop.filter(cut -> cut.pixels().isEmpty())
        .ifPresent(
            cut -> steps.add(cut.transform())); // draws after those above, which stay the same
    colour.ifPresent(steps::add);
    List<Transform> sizing = new ArrayList<>(List.of(resize));
    crop.filter(cut -> cut.pixels().isPresent()).ifPresent(cut -> sizing.add(cut.transform()));
    steps.add(Pipeline.evaluation(new Pipeline(sizing)));
    return new Pipeline(steps);
  }
}
