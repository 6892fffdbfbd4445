package dev.mtlora.train.balance;

import java.util.List;
import java.util.Locale;

/**
 * How the losses of the tasks are weighed against each other while training. All ways work on the
 * losses times the tasks' fixed weights, which bring them to comparable sizes.
 */
public interface Balance {
  /**
   * What balances one training; its tensors live in the scope that is open.
   *
   * @param tasks names, in order
   */
  Balancer start(List<String> tasks);

  /**
   * True if {@link Balancer#shares} is wanted: the gradient is then taken task by task, which walks
   * back through the shared part of the network once per task instead of once, and keeps as many
   * copies of the gradient.
   */
  default boolean separatesTasks() {
    return false;
  }

  /**
   * Checks whether the backbone's blocks may be computed again in the backward pass.
   *
   * @param recompute true if they are to be
   * @throws IllegalArgumentException if they are to be, and gradients are taken task by task
   */
  default void checkRecompute(boolean recompute) {
    if (recompute && separatesTasks()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the balance %s takes gradients task by task, which cannot be recomputed: set train.recompute to false, or balance otherwise",
              getClass().getSimpleName().toLowerCase(Locale.ROOT)));
    }
  }
}
