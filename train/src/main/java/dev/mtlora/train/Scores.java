package dev.mtlora.train;

import dev.mtlora.metric.Confusion;
import dev.mtlora.metric.Meter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a model scores on a set.
 *
 * @param tasks by task name, in the model's order
 */
public record Scores(Map<String, TaskScores> tasks) {
  /** What the names of scores at the size of the labels end with. */
  public static final String AT_LABEL_SIZE = "@original";

  /** Of no task. */
  public static final Scores NONE = new Scores(Map.of());

  /** Keeps a copy, in order. */
  public Scores {
    tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
  }

  /**
   * The scores of one task.
   *
   * @param values by name, in the meter's order; NaN where nothing was labelled
   * @param headline the name of the one that stands for the task
   * @param lowerIsBetter true if a smaller headline is better
   * @param confusion of the task's classes, if it has any; histories do not keep it
   */
  public record TaskScores(
      Map<String, Double> values,
      String headline,
      boolean lowerIsBetter,
      Optional<Confusion> confusion) {
    /** Keeps a copy, in order. */
    public TaskScores {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
      if (!values.containsKey(headline)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the headline '%s' is not among the scores %s",
                headline,
                values.keySet()));
      }
    }

    static TaskScores of(Meter meter) {
      return new TaskScores(
          meter.values(), meter.headline(), meter.lowerIsBetter(), meter.confusion());
    }

    private TaskScores atLabelSize() {
      Map<String, Double> renamed = new LinkedHashMap<>();
      values.forEach((name, value) -> renamed.put(name + AT_LABEL_SIZE, value));
      return new TaskScores(renamed, headline + AT_LABEL_SIZE, lowerIsBetter, confusion);
    }

    /** The headline score. */
    public double value() {
      return values.getOrDefault(headline, Double.NaN);
    }
  }

  /** The same under names that say they are at the size of the labels as stored. */
  public Scores atLabelSize() {
    Map<String, TaskScores> renamed = new LinkedHashMap<>();
    tasks.forEach((task, scores) -> renamed.put(task, scores.atLabelSize()));
    return new Scores(renamed);
  }

  /** The headline score of every task. */
  public Map<String, Double> headlines() {
    Map<String, Double> headlines = new LinkedHashMap<>();
    tasks.forEach((task, scores) -> headlines.put(task, scores.value()));
    return headlines;
  }
}
