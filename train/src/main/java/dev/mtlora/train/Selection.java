package dev.mtlora.train;

import dev.mtlora.task.Task;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which evaluation is the best: the one with the highest Δm, against single-task scores if there
 * are any, else against the first evaluation.
 *
 * @param singleTask headline scores of single-task models, by task; empty if unknown
 */
public record Selection(Map<String, Double> singleTask) {
  /** Checks the scores. */
  public Selection {
    singleTask = new DeltaM(singleTask).singleTask();
  }

  /**
   * Checks before a training what its first evaluation would otherwise find out.
   *
   * @throws IllegalArgumentException if there are single-task scores, but not of all these tasks
   */
  public void requireScoresOf(List<Task> tasks) {
    for (Task task : tasks) {
      if (!singleTask.isEmpty() && !singleTask.containsKey(task.name())) {
        throw DeltaM.missing(task.name(), singleTask);
      }
    }
  }

  /**
   * Δm of an evaluation.
   *
   * @param history all evaluations so far, at least one
   */
  public double score(List<Evaluation> history, Evaluation evaluation) {
    Scores first = history.get(0).scores();
    return singleTask.isEmpty()
        ? new DeltaM(usable(first)).of(comparable(evaluation.scores(), first))
        : new DeltaM(singleTask).of(evaluation.scores());
  }

  /** Index of the best evaluation, the earliest of equals; -1 if there is none. */
  public int best(List<Evaluation> history) {
    int best = -1;
    double bestScore = Double.NaN;
    for (int i = 0; i < history.size(); i++) {
      double score = score(history, history.get(i));
      if (best < 0 || score > bestScore || (Double.isNaN(bestScore) && !Double.isNaN(score))) {
        best = i;
        bestScore = score;
      }
    }
    return best;
  }

  /** What the scores are compared with, for people. */
  public String against(List<Evaluation> history) {
    if (!singleTask.isEmpty()) {
      return "the single-task scores";
    }
    Scores first = history.get(0).scores();
    TreeSet<String> left = new TreeSet<>(first.tasks().keySet());
    left.removeAll(usable(first).keySet());
    return "the first evaluation"
        + (left.isEmpty() ? "" : String.format(Locale.ROOT, " (without %s, which scored 0)", left));
  }

  private static Map<String, Double> usable(Scores first) {
    Map<String, Double> usable = new LinkedHashMap<>(first.headlines());
    usable.values().removeIf(score -> score == 0 || !Double.isFinite(score));
    return usable;
  }

  private static Scores comparable(Scores scores, Scores first) {
    Map<String, Scores.TaskScores> tasks = new LinkedHashMap<>(scores.tasks());
    tasks.keySet().retainAll(usable(first).keySet());
    return new Scores(tasks);
  }
}
