package dev.mtlora.task;

import dev.mtlora.loss.CrossEntropy;
import dev.mtlora.metric.Meter;
import dev.mtlora.metric.SemsegMeter;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Semantic segmentation: one class per pixel.
 *
 * @param classes number of classes, 2..255 (255 itself is the ignored label); without it as many as
 *     there are names, or the 21 of PASCAL
 * @param names one different name per class, or none
 * @param colours one per class in pictures of it, or none for those that every model has
 * @param weight factor of the loss, at least 0
 */
public record Semseg(OptionalInt classes, List<String> names, List<Colour> colours, double weight)
    implements Task {
  /** Weight in the paper's recipe. */
  public static final double WEIGHT = 1;

  private static final int PASCAL_CLASSES = 21;

  /** Checks the settings. */
  public Semseg {
    names = List.copyOf(names);
    if (!names.isEmpty() && classes.isEmpty() && (names.size() < 2 || names.size() > 255)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "names must be 2 to 255 but are %d", names.size()));
    }
    if (classes.isPresent() && (classes.getAsInt() < 2 || classes.getAsInt() > 255)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "classes must be 2 to 255 but is %d", classes.getAsInt()));
    }
    if (!names.isEmpty() && names.size() != classes.orElse(Math.max(2, names.size()))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "semseg has %d classes but %d class names: give one name per class, or none",
              classes.orElse(2),
              names.size()));
    }
    colours = List.copyOf(colours);
    int count = classes.orElse(names.isEmpty() ? PASCAL_CLASSES : names.size());
    if (!colours.isEmpty() && colours.size() != count) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "colours must be one for each of the %d classes, or none, but are %d",
              count,
              colours.size()));
    }
    TaskChecks.different(names);
    TaskChecks.weight(weight);
  }

  /** With the colours that every model has. */
  public Semseg(OptionalInt classes, List<String> names, double weight) {
    this(classes, names, List.of(), weight);
  }

  /** With a number of classes. */
  public Semseg(int classes, List<String> names, double weight) {
    this(OptionalInt.of(classes), names, weight);
  }

  /** With the paper's weight. */
  public Semseg(int classes, List<String> names) {
    this(classes, names, WEIGHT);
  }

  /** The 21 classes of PASCAL, with the paper's weight. */
  public Semseg() {
    this(OptionalInt.empty(), List.of(), List.of(), WEIGHT);
  }

  @Override
  public String name() {
    return "semseg";
  }

  @Override
  public int outputs() {
    return classes.orElse(names.isEmpty() ? PASCAL_CLASSES : names.size());
  }

  @Override
  public List<String> classNames() {
    return names;
  }

  @Override
  public Label label() {
    return new Label.Classes(outputs(), false);
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return CrossEntropy.of(logits, target);
  }

  @Override
  public Meter meter() {
    return names.isEmpty() ? new SemsegMeter(outputs()) : new SemsegMeter(names);
  }

  /** The class with the largest logit, {@code [B, 1, H, W]}. */
  @Override
  public Tensor predict(Tensor logits) {
    return Functional.largestChannel(logits);
  }

  @Override
  public int[] show(float[] prediction, int height, int width) {
    TaskChecks.picture(name(), prediction, 1, height, width);
    return colours.isEmpty()
        ? showClasses(prediction, outputs())
        : Colours.map(
            prediction,
            v -> v >= 0 && v < outputs() ? colours.get((int) v).rgb() : Colours.NO_VALUE);
  }

  static int[] showClasses(float[] indices, int classes) {
    return Colours.map(
        indices, v -> v >= 0 && v < classes ? Colours.ofClass((int) v) : Colours.NO_VALUE);
  }
}
