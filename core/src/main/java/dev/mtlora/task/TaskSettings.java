package dev.mtlora.task;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a configuration may say about a task.
 *
 * @param classes number of classes, for semseg only; empty: 21
 * @param classNames one name per class, for semseg only; may be empty
 * @param weight factor of the loss; empty: the task's own
 * @param tolerance how far a predicted edge may lie beside a true one, as a share of the image's
 *     diagonal, for edge only; empty: 0.0075
 * @param reference true for the reference implementation's treatment of ignored pixels in sal and
 *     edge and for its gradient of normals; changes nothing elsewhere
 */
public record TaskSettings(
    OptionalInt classes,
    List<String> classNames,
    OptionalDouble weight,
    OptionalDouble tolerance,
    boolean reference) {
  /** Copies the names. */
  public TaskSettings {
    classNames = List.copyOf(classNames);
  }

  /** Every default. */
  public static TaskSettings defaults() {
    return new TaskSettings(
        OptionalInt.empty(), List.of(), OptionalDouble.empty(), OptionalDouble.empty(), false);
  }

  /** The same with another number of classes. */
  public TaskSettings withClasses(int count) {
    return new TaskSettings(OptionalInt.of(count), classNames, weight, tolerance, reference);
  }

  /** The same with another weight. */
  public TaskSettings withWeight(double factor) {
    return new TaskSettings(classes, classNames, OptionalDouble.of(factor), tolerance, reference);
  }

  /** The same with the reference's treatment of ignored pixels, or ours. */
  public TaskSettings withReference(boolean value) {
    return new TaskSettings(classes, classNames, weight, tolerance, value);
  }
}
