package dev.mtlora.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mtlora.spec.bind.Bind;
import dev.mtlora.spec.bind.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evaluations as a JSON array, and back; NaN is null. */
public final class HistoryJson {
  private static final Bind BIND = Bind.json();

  private HistoryJson() {}

  /**
   * An evaluation as it is written.
   *
   * @param step updates made before it
   * @param epoch epochs begun before it
   * @param tasks scores of each
   */
  public record Written(long step, int epoch, Map<String, TaskWritten> tasks) {
    static Written of(Evaluation evaluation) {
      Map<String, TaskWritten> tasks = new LinkedHashMap<>();
      evaluation
          .scores()
          .tasks()
          .forEach((task, scores) -> tasks.put(task, TaskWritten.of(scores)));
      return new Written(evaluation.step(), evaluation.epoch(), tasks);
    }

    /** The evaluation itself. */
    public Evaluation evaluation() {
      Map<String, Scores.TaskScores> scores = new LinkedHashMap<>();
      tasks.forEach((task, written) -> scores.put(task, written.scores()));
      return new Evaluation(step, epoch, new Scores(scores));
    }
  }

  /**
   * The scores of a task as they are written.
   *
   * @param headline name of the score that counts
   * @param lowerIsBetter true if a smaller one is better
   * @param values all scores by name; empty for NaN
   */
  public record TaskWritten(
      String headline, boolean lowerIsBetter, Map<String, Optional<Double>> values) {
    static TaskWritten of(Scores.TaskScores scores) {
      Map<String, Optional<Double>> values = new LinkedHashMap<>();
      scores
          .values()
          .forEach((name, v) -> values.put(name, v.isNaN() ? Optional.empty() : Optional.of(v)));
      return new TaskWritten(scores.headline(), scores.lowerIsBetter(), values);
    }

    Scores.TaskScores scores() {
      Map<String, Double> numbers = new LinkedHashMap<>();
      values.forEach((name, value) -> numbers.put(name, value.orElse(Double.NaN)));
      return new Scores.TaskScores(numbers, headline, lowerIsBetter, Optional.empty());
    }
  }

  /** The array, in lines for people. */
  public static String write(List<Evaluation> history) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    history.forEach(evaluation -> array.add(BIND.write(Written.of(evaluation))));
    return array.toPrettyString();
  }

  /** One evaluation, as an object. */
  public static String write(Evaluation evaluation) {
    return BIND.write(Written.of(evaluation)).toString();
  }

  /** One evaluation as a record that can be written. */
  public static Written written(Evaluation evaluation) {
    return Written.of(evaluation);
  }

  /**
   * The evaluations of an array that {@link #write} made.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static List<Evaluation> read(String json) {
    JsonNode array = JsonText.read(json);
    if (!array.isArray()) {
      throw new IllegalArgumentException("a history must be a list but is: " + array);
    }
    List<Evaluation> history = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      history.add(BIND.read(Written.class, array.get(i), "history[" + i + "]").evaluation());
    }
    return history;
  }
}
