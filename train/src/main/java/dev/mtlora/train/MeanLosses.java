package dev.mtlora.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Mean losses by task over the batches that have one. */
final class MeanLosses {
  private final Map<String, Double> sums = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new LinkedHashMap<>();

  void add(Map<String, Double> losses) {
    losses.forEach(
        (task, loss) -> {
          sums.merge(task, loss, Double::sum);
          counts.merge(task, 1, Integer::sum);
        });
  }

  Map<String, Double> means() {
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((task, sum) -> means.put(task, sum / Objects.requireNonNull(counts.get(task))));
    return means;
  }
}
