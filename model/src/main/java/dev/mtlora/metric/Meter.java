package dev.mtlora.metric;

import dev.mtlora.tensor.Tensor;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The scores of one task over a set of images, fed batch by batch.
 *
 * <p>Pixels whose target is {@link dev.mtlora.loss.Labels#IGNORE} count nowhere, so an image
 * without a label changes nothing. How the set is cut into batches does not matter. A score of
 * nothing is NaN. A meter is not thread-safe and keeps no tensors.
 */
public interface Meter {
  /**
   * Adds a batch; waits for the device to hand over a few counts.
   *
   * @param logits {@code [B, outputs, H, W]}, raw outputs of any float type
   * @param target {@code [B, target channels, H, W]}, f32
   */
  void add(Tensor logits, Tensor target);

  /** All scores by name, in a fixed order; NaN while nothing was added. */
  Map<String, Double> values();

  /** The name of the score that stands for the task in tables and comparisons. */
  String headline();

  /**
   * The name of the score by which single images are compared, better in the same direction as the
   * headline.
   */
  default String imageScore() {
    return headline();
  }

  /** True if a smaller headline is better. */
  boolean lowerIsBetter();

  /** How often classes were taken for each other; nothing if the task has no classes. */
  default Optional<Confusion> confusion() {
    return Optional.empty();
  }

  /**
   * Adds all that another meter has seen, as if its batches had been added here, too; the other
   * stays as it is.
   *
   * @throws IllegalArgumentException if it is of another kind, or counts other things
   */
  void merge(Meter other);

  /** Forgets all batches. */
  void reset();

  /** The headline score. */
  default double value() {
    return Objects.requireNonNull(values().get(headline()), headline());
  }
}
