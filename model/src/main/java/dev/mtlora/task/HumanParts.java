package dev.mtlora.task;

import dev.mtlora.loss.CrossEntropy;
import dev.mtlora.metric.Meter;
import dev.mtlora.metric.SemsegMeter;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;
import java.util.List;

/**
 * Human parts: background and six groups of body parts.
 *
 * @param weight factor of the loss, at least 0
 */
public record HumanParts(double weight) implements Task {
  /** Weight in the paper's recipe. */
  public static final double WEIGHT = 2;

  /** What the class indices mean. */
  public static final List<String> CLASS_NAMES =
      List.of("background", "head", "torso", "upper arm", "lower arm", "upper leg", "lower leg");

  /** Checks the weight. */
  public HumanParts {
    TaskChecks.weight(weight);
  }

  /** With the paper's weight. */
  public HumanParts() {
    this(WEIGHT);
  }

  @Override
  public String name() {
    return "human_parts";
  }

  @Override
  public int outputs() {
    return CLASS_NAMES.size();
  }

  @Override
  public List<String> classNames() {
    return CLASS_NAMES;
  }

  /** A picture without parts counts nowhere: there may be people in it all the same. */
  @Override
  public Label label() {
    return new Label.Classes(CLASS_NAMES.size(), true);
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return CrossEntropy.of(logits, target);
  }

  @Override
  public Meter meter() {
    return new SemsegMeter(CLASS_NAMES);
  }

  /** The part with the largest logit, {@code [B, 1, H, W]}. */
  @Override
  public Tensor predict(Tensor logits) {
    return Functional.largestChannel(logits);
  }

  @Override
  public int[] show(float[] prediction, int height, int width) {
    TaskChecks.picture(name(), prediction, 1, height, width);
    return Semseg.showClasses(prediction, outputs());
  }
}
