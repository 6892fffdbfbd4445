package dev.mtlora.train;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * How much better a multi-task model is than single-task ones, in per cent: Δm = 100/T Σ_t (-1)^l_t
 * (M_t - S_t)/S_t, where l_t = 1 if lower is better (Maninis et al., CVPR 2019).
 *
 * @param singleTask S: the headline score of a single-task model, by task
 */
public record DeltaM(Map<String, Double> singleTask) {
  /** Checks that every score can divide. */
  public DeltaM {
    singleTask = Map.copyOf(new LinkedHashMap<>(singleTask));
    singleTask.forEach(
        (task, score) -> {
          if (score == 0 || !Double.isFinite(score)) {
            throw new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "the single-task score of '%s' must be finite and not 0 but is %s",
                    task,
                    score));
          }
        });
  }

  /**
   * Δm of some scores over all their tasks; NaN if one of them is NaN or there is none.
   *
   * @throws IllegalArgumentException if a task lacks a single-task score
   */
  public double of(Scores scores) {
    double sum = 0;
    for (Map.Entry<String, Scores.TaskScores> entry : scores.tasks().entrySet()) {
      sum += gain(entry.getKey(), entry.getValue());
    }
    return 100 * sum / scores.tasks().size(); // 0 / 0 is NaN
  }

  static IllegalArgumentException missing(String task, Map<String, Double> singleTask) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "no single-task score for '%s', only for %s: give one for every task, or none at all",
            task,
            new TreeSet<>(singleTask.keySet())));
  }

  private double gain(String task, Scores.TaskScores scores) {
    Double single = singleTask.get(task);
    if (single == null) {
      throw missing(task, singleTask);
    }
    double gain = (scores.value() - single) / single;
    return scores.lowerIsBetter() ? -gain : gain;
  }
}
