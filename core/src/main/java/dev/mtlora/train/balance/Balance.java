package dev.mtlora.train.balance;

import java.util.List;

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
}
