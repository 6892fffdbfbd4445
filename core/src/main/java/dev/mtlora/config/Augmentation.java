package dev.mtlora.config;

import dev.mtlora.data.NormalsY;
import dev.mtlora.data.Transform;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.data.transform.HorizontalFlip;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.ScaleRotate;
import java.util.List;

/**
 * What happens to training samples before they are resized; the defaults are the paper's recipe for
 * PASCAL.
 *
 * @param flip probability of mirroring
 * @param rotate largest angle in degrees, either way
 * @param scales factors to choose from
 * @param continuous true if every factor between the first and the last may be chosen
 */
public record Augmentation(double flip, double rotate, List<Double> scales, boolean continuous) {
  /** Copies the factors. */
  public Augmentation {
    scales = List.copyOf(scales);
  }

  /** Reads the block {@code augmentation}. */
  static Augmentation read(YamlBlock yaml) {
    yaml.allow("flip", "rotate", "scale", "scales");
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
    Augmentation read =
        new Augmentation(yaml.number("flip", 0.5), yaml.number("rotate", 20), scales, continuous);
    return yaml.build(
        () -> {
          read.training(32, NormalsY.UP); // the transforms check their ranges
          return read;
        });
  }

  /** All transforms of a training sample, for images of the given side. */
  Transform training(int side, NormalsY normalsY) {
    return new Pipeline(
        List.of(
            new HorizontalFlip(flip),
            new ScaleRotate(rotate, scales, continuous, normalsY),
            Pipeline.evaluation(side)));
  }
}
