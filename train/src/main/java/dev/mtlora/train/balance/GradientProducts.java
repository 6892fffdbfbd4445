package dev.mtlora.train.balance;

import java.util.List;
import java.util.Locale;

/**
 * Inner products of the tasks' gradients over the parameters that tasks share, that is, those that
 * the gradients of more than one task reach.
 *
 * @param tasks those with a gradient, in order
 * @param values {@code [task][task]}, symmetric; squares of the lengths on the diagonal
 */
public record GradientProducts(List<String> tasks, double[][] values) {
  /** Checks the sizes. */
  public GradientProducts {
    tasks = List.copyOf(tasks);
    if (values.length != tasks.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "products of %d gradients for %d tasks", values.length, tasks.size()));
    }
  }
}
