package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.task.MultiTaskLoss;
import java.util.Map;

/** Compares numbers with stored ones within one relative tolerance, and keeps the largest error. */
final class Closeness {
  private final double tolerance;
  private double largest;

  Closeness(double tolerance) {
    this.tolerance = tolerance;
  }

  /** Each task's loss and the total; nothing where nothing is stored. */
  void losses(String what, JsonNode expected, Map<String, Double> losses, double total) {
    if (expected.isMissingNode() || expected.isNull()) {
      return;
    }
    losses.forEach(
        (task, loss) -> number(what + " of " + task, loss, expected.get(task).asDouble()));
    number(what + " in total", total, expected.get("total").asDouble());
  }

  /** The same of losses that are still tensors. */
  void losses(String what, JsonNode expected, MultiTaskLoss.Losses losses) {
    losses(what, expected, losses.values(), losses.total().item());
  }

  void number(String what, double ours, double expected) {
    double error = Math.abs(ours - expected) / Math.max(Math.abs(expected), 1e-12);
    assertThat(error)
        .as("%s: %s instead of %s", what, ours, expected)
        .isLessThanOrEqualTo(tolerance);
    largest = Math.max(largest, error);
  }

  /** The largest relative error so far. */
  double largest() {
    return largest;
  }
}
