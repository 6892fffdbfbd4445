package dev.mtlora.task;

import dev.mtlora.loss.CrossEntropy;
import dev.mtlora.metric.Meter;
import dev.mtlora.metric.SemsegMeter;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/**
 * Semantic segmentation: one class per pixel.
 *
 * @param classes number of classes, 2..255 (255 itself is the ignored label)
 * @param classNames one name per class, or none
 * @param weight factor of the loss, at least 0
 */
public record Semseg(int classes, List<String> classNames, double weight) implements Task {
  /** Weight in the paper's recipe. */
  public static final double WEIGHT = 1;

  /** Checks the settings. */
  public Semseg {
    if (classes < 2 || classes > 255) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "semseg.classes must be 2 to 255 but is %d", classes));
    }
    classNames = List.copyOf(classNames);
    if (!classNames.isEmpty() && classNames.size() != classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "semseg has %d classes but %d class names: give one name per class, or none",
              classes,
              classNames.size()));
    }
    Checks.weight("semseg", weight);
  }

  /** With the paper's weight. */
  public Semseg(int classes, List<String> classNames) {
    this(classes, classNames, WEIGHT);
  }

  @Override
  public String name() {
    return "semseg";
  }

  @Override
  public int outputs() {
    return classes;
  }

  @Override
  public Label label() {
    return new Label.Classes(classes, false);
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return CrossEntropy.of(logits, target);
  }

  @Override
  public Meter meter() {
    return classNames.isEmpty() ? new SemsegMeter(classes) : new SemsegMeter(classNames);
  }

  /** The class with the largest logit, {@code [B, 1, H, W]}. */
  @Override
  public Tensor predict(Tensor logits) {
    return logits.argmax(1).unsqueeze(1).to(DType.F32);
  }

  @Override
  public int[] show(float[] prediction, int height, int width) {
    Checks.picture(name(), prediction, 1, height, width);
    return showClasses(prediction, classes);
  }

  static int[] showClasses(float[] indices, int classes) {
    return Colours.map(
        indices, v -> v >= 0 && v < classes ? Colours.ofClass((int) v) : Colours.NO_VALUE);
  }
}
