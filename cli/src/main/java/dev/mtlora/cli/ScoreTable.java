package dev.mtlora.cli;

import dev.mtlora.files.Printable;
import dev.mtlora.metric.Confusion;
import dev.mtlora.train.DeltaM;
import dev.mtlora.train.Scores;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Scores as tables for people. */
final class ScoreTable {
  private static final String LINE = System.lineSeparator();

  private ScoreTable() {}

  /**
   * The headline of every task before and after training, and Δm.
   *
   * @param singleTask scores of single-task models; empty if unknown
   */
  static String comparison(Scores before, Scores after, Map<String, Double> singleTask) {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT,
            "%-12s %-14s %10s %10s%s%n",
            "task",
            "score",
            "before",
            "after",
            singleTask.isEmpty() ? "" : String.format(Locale.ROOT, " %12s", "single task")));
    after
        .tasks()
        .forEach(
            (task, scores) -> {
              Scores.TaskScores old = before.tasks().getOrDefault(task, scores);
              table.append(
                  String.format(
                      Locale.ROOT,
                      "%-12s %-14s %10.4f %10.4f",
                      task,
                      headline(scores),
                      old.value(),
                      scores.value()));
              Double single = singleTask.get(task);
              table.append(single == null ? "" : String.format(Locale.ROOT, " %12.4f", single));
              table.append(LINE);
            });
    return table.append(deltaM(before, after, singleTask)).toString();
  }

  private static String deltaM(Scores before, Scores after, Map<String, Double> singleTask) {
    if (singleTask.isEmpty()) {
      return "";
    }
    DeltaM deltaM = new DeltaM(singleTask);
    return String.format(
        Locale.ROOT,
        "%-27s %+9.2f%% %+9.2f%%   against the single-task scores%n",
        "Δm",
        deltaM.of(before),
        deltaM.of(after));
  }

  private static String headline(Scores.TaskScores scores) {
    return scores.headline() + (scores.lowerIsBetter() ? " (down)" : " (up)");
  }

  /** Every score of every task. */
  static String all(Scores scores, Map<String, Double> singleTask) {
    StringBuilder table = new StringBuilder();
    scores
        .tasks()
        .forEach(
            (task, of) ->
                of.values()
                    .forEach(
                        (name, value) ->
                            table.append(
                                String.format(
                                    Locale.ROOT,
                                    "%-12s %-22s %10.4f%s%n",
                                    task,
                                    name,
                                    value,
                                    name.equals(of.headline()) ? "  <- headline" : ""))));
    if (!singleTask.isEmpty()) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-29s %+9.2f%%  against the single-task scores%n",
              "Δm",
              new DeltaM(singleTask).of(scores)));
    }
    return table.toString();
  }

  /** Every score and class at the size of the labels, under a line that says so, or nothing. */
  static String atLabelSize(Scores scores) {
    return scores.tasks().isEmpty()
        ? ""
        : LINE
            + "at the size of the labels as stored"
            + LINE
            + all(scores, Map.of())
            + classes(scores);
  }

  /** The IoU of every class of every task that has classes; nothing if none has. */
  static String classes(Scores scores) {
    StringBuilder table = new StringBuilder();
    scores.tasks().forEach((task, of) -> of.confusion().ifPresent(c -> classes(table, task, c)));
    return table.toString();
  }

  private static void classes(StringBuilder table, String task, Confusion confusion) {
    table.append(
        String.format(Locale.ROOT, "%n%-12s %-16s %10s %12s%n", task, "class", "IoU", "of pixels"));
    int classes = confusion.classes().size();
    long all = IntStream.range(0, classes).mapToLong(confusion::labelled).sum();
    for (int c = 0; c < classes; c++) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-12s %-16s %10.4f %10.2f %%%n",
              task,
              Printable.of(confusion.classes().get(c)),
              confusion.iou(c),
              100.0 * confusion.labelled(c) / all));
    }
  }
}
