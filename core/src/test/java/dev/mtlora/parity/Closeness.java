package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.task.MultiTaskLoss;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Compares numbers with stored ones within one relative tolerance, and keeps the largest error. */
final class Closeness {
  private final double tolerance;
  private double largest;

  Closeness(double tolerance) {
    this.tolerance = tolerance;
  }

  /** Each task's loss and the total; nothing where nothing is stored. */
  void losses(String what, JsonNode expected, MultiTaskLoss.Losses losses) {
    if (expected.isMissingNode() || expected.isNull()) {
      return;
    }
    Map<String, Tensor> all = new LinkedHashMap<>(losses.perTask());
    all.put("total", losses.total());
    all.forEach(
        (task, loss) -> number(what + " of " + task, loss.item(), expected.get(task).asDouble()));
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
