package dev.mtlora.task;

import dev.mtlora.metric.Meter;
import dev.mtlora.tensor.Tensor;
import java.util.List;

/**
 * One dense task. A new one is one file plus one line in {@link Tasks}.
 *
 * <p>Logits are {@code [B, outputs, H, W]} of any float type, targets {@code [B, targetChannels, H,
 * W]} in f32, {@link dev.mtlora.loss.Labels#IGNORE} where a pixel, or the whole image, has no
 * label.
 */
public interface Task {
  /** The id in configurations, files and tables. */
  String name();

  /** Channels of the logits. */
  int outputs();

  /** What the class indices of a prediction mean; empty if it has no classes or no names. */
  default List<String> classNames() {
    return List.of();
  }

  /** What a class is called: by its name, or by its index if it has none. */
  default String className(int index) {
    return index < classNames().size() ? classNames().get(index) : "class " + index;
  }

  /** What its labels are. */
  Label label();

  /** Channels of a target. */
  default int targetChannels() {
    return label().channels();
  }

  /** Factor of this task's loss in the sum over tasks. */
  double weight();

  /** The unweighted loss of a batch, shape [], in f32; 0 where all pixels are ignored. */
  Tensor loss(Tensor logits, Tensor target);

  /** A new, empty meter of this task's scores. */
  Meter meter();

  /**
   * What a user sees, in f32: class indices {@code [B, 1, H, W]}, a probability, metres, or unit
   * vectors {@code [B, 3, H, W]}.
   */
  Tensor predict(Tensor logits);

  /**
   * A picture of one prediction, or of one label in the same units.
   *
   * @param prediction channel by channel: {@code [channels, height, width]}
   * @return 0xRRGGBB for every pixel, row by row; ignored pixels and those without a value in one
   *     neutral colour
   */
  int[] show(float[] prediction, int height, int width);
}
