package dev.mtlora.train.balance;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Balances one training. In every step {@link #factors} of each batch come first, then {@link
 * #shares} if the tasks' gradients are kept apart, then the update, then {@link #learn}. Losses are
 * those times the fixed weights, by task; tasks for which a batch has no label are absent.
 *
 * <p>All defaults together leave the losses as they are.
 */
public abstract class Balancer {
  private final List<String> tasks;

  /** For these tasks. */
  protected Balancer(List<String> tasks) {
    this.tasks = List.copyOf(tasks);
  }

  /** Names of the tasks, in order. */
  protected final List<String> tasks() {
    return tasks;
  }

  /**
   * What the losses of a batch are multiplied by before the gradient is taken; 1 where absent.
   *
   * @param losses of the batch; asking waits for the device
   */
  public Map<String, Double> factors(Supplier<Map<String, Double>> losses) {
    return Map.of();
  }

  /**
   * What the gradients of the tasks are multiplied by before they are added up, in the parameters
   * that tasks share; 1 where absent. Asked for only if {@link Balance#separatesTasks}.
   *
   * @param gradients how long they are, and how far they agree
   * @param rng of this step
   */
  public Map<String, Double> shares(GradientProducts gradients, Rng rng) {
    return Map.of();
  }

  /**
   * A step that has been made, as far as a balancer looks at it.
   *
   * @param losses before the update, mean over the step's batches
   * @param after those of the same batches after the update; asking costs a forward pass
   * @param endsEpoch true if the next step is of another epoch
   */
  public record Made(
      Map<String, Double> losses, Supplier<Map<String, Double>> after, boolean endsEpoch) {}

  /** Draws conclusions from a step. */
  public void learn(Made step) {}

  /** Everything that resuming needs, by name; live, not copies. */
  public Map<String, Tensor> state() {
    return Map.of();
  }

  /** Updates of learned numbers so far, by name. */
  public Map<String, Long> steps() {
    return Map.of();
  }

  /** Restores {@link #steps}; the state is restored by assigning to its tensors. */
  public void restoreSteps(Map<String, Long> steps) {}
}
