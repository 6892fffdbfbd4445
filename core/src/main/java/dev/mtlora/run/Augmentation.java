package dev.mtlora.run;

import dev.mtlora.data.Transform;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.data.transform.ColourJitter;
import dev.mtlora.data.transform.HorizontalFlip;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.RandomCrop;
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
 * @param scales factors to choose from
 * @param continuous true if every factor between the first and the last may be chosen
 * @param crop what part is cut out, if any
 * @param colour how the colours change, if they do
 */
public record Augmentation(
    double flip,
    double rotate,
    List<Double> scales,
    boolean continuous,
    Optional<RandomCrop> crop,
    Optional<ColourJitter> colour) {
  /** Copies the factors. */
  public Augmentation {
    scales = List.copyOf(scales);
  }

  /** Reads the block {@code augmentation}. */
  static Augmentation read(YamlBlock yaml) {
    yaml.allow("flip", "rotate", "scale", "scales", "crop", "colour");
    if (yaml.has("scale") && yaml.has("scales")) {
      throw new IllegalArgumentException(
          "augmentation has both scale (a range) and scales (a choice); keep one of the two");
    }
    boolean continuous = !yaml.has("scales");
    List<Double> scales =
        yaml.list(continuous ? "scale" : "scales", List.of(0.75, 1.25), YamlBlock::asNumber);
    if (continuous && scales.size() == 2 && scales.get(0) > scales.get(1)) {
      throw new IllegalArgumentException(
          "augmentation.scale must be [smallest, largest] but is " + scales);
    }
    return yaml.build(
        () -> {
          Augmentation read =
              new Augmentation(
                  yaml.number("flip", 0.5),
                  yaml.number("rotate", 20),
                  scales,
                  continuous,
                  crop(yaml),
                  colour(yaml));
          read.training(32); // the transforms check their ranges
          return read;
        });
  }

  private static Optional<RandomCrop> crop(YamlBlock yaml) {
    List<Double> shares = yaml.list("crop", List.of(), YamlBlock::asNumber);
    if (shares.isEmpty()) {
      return Optional.empty();
    }
    if (shares.size() > 2) {
      throw new IllegalArgumentException(
          yaml.at("crop") + " must be [smallest, largest] but is " + shares);
    }
    return Optional.of(new RandomCrop(shares.get(0), shares.get(shares.size() - 1)));
  }

  private static Optional<ColourJitter> colour(YamlBlock yaml) {
    if (!yaml.has("colour")) {
      return Optional.empty();
    }
    YamlBlock colour = yaml.block("colour").allow("brightness", "contrast", "saturation", "hue");
    return Optional.of(
        colour.build(
            () ->
                new ColourJitter(
                    colour.number("brightness", 0),
                    colour.number("contrast", 0),
                    colour.number("saturation", 0),
                    colour.number("hue", 0))));
  }

  /** All transforms of a training sample, for images of the given side. */
  Transform training(int side) {
    List<Transform> steps = new ArrayList<>();
    steps.add(new HorizontalFlip(flip));
    steps.add(new ScaleRotate(rotate, scales, continuous));
    crop.ifPresent(steps::add); // draws after those above, which therefore stay the same
    colour.ifPresent(steps::add);
    steps.add(Pipeline.evaluation(side));
    return new Pipeline(steps);
  }
}
