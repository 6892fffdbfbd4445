package dev.mtlora.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.metric.Confusion;
import dev.mtlora.train.Scores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Scores as files: {@code scores.json}; {@code scores.csv}, lines {@code task,score,class,value}
 * whose class is empty but for the IoU of one; and {@code TASK_confusion.png} for every task with
 * classes. Scores at the size of the labels stand beside them: in the JSON under {@code original}
 * of the task, in the CSV under their names, and as {@code TASK_confusion@original.png}.
 *
 * @param folder where to write, made if it is not there
 */
record ScoreFiles(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Writes all files.
   *
   * @param atLabelSize {@link Scores#NONE} if not measured
   */
  void write(Scores scores, Scores atLabelSize) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("scores.json"), json(scores, atLabelSize) + "\n");
      Files.writeString(folder.resolve("scores.csv"), csv(scores, atLabelSize));
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT,
              "cannot write the scores to %s (%s): is there space left, and may you write there?",
              folder,
              e),
          e);
    }
    draw(scores, "");
    draw(atLabelSize, Scores.AT_LABEL_SIZE);
  }

  private void draw(Scores scores, String ending) {
    scores
        .tasks()
        .forEach(
            (task, of) -> of.confusion().ifPresent(c -> draw(task + "_confusion" + ending, c)));
  }

  private void draw(String name, Confusion confusion) {
    new ConfusionPicture(confusion).write(folder.resolve(name + ".png"));
  }

  /** NaN is null; of {@code confusion}, rows are the labelled classes. */
  static String json(Scores scores, Scores atLabelSize) {
    ObjectNode tasks = JSON.createObjectNode();
    scores.tasks().forEach((task, of) -> write(tasks.putObject(task), of));
    atLabelSize
        .tasks()
        .forEach((task, of) -> write(tasks.withObject("/" + task).putObject("original"), of));
    return tasks.toPrettyString();
  }

  private static void write(ObjectNode node, Scores.TaskScores scores) {
    node.put("headline", scores.headline()).put("lower_is_better", scores.lowerIsBetter());
    ObjectNode values = node.putObject("values");
    scores.values().forEach((name, value) -> values.put(name, value.isNaN() ? null : value));
    scores.confusion().ifPresent(confusion -> write(node, confusion));
  }

  private static void write(ObjectNode node, Confusion confusion) {
    ArrayNode classes = node.putArray("classes");
    ArrayNode rows = node.putArray("confusion");
    for (int c = 0; c < confusion.classes().size(); c++) {
      classes
          .addObject()
          .put("name", confusion.classes().get(c))
          .put("IoU", confusion.iou(c))
          .put("labelled", confusion.labelled(c))
          .put("predicted", confusion.predicted(c));
      ArrayNode row = rows.addArray();
      for (int p = 0; p < confusion.classes().size(); p++) {
        row.add(confusion.count(c, p));
      }
    }
  }

  static String csv(Scores scores, Scores atLabelSize) {
    StringBuilder lines = new StringBuilder("task,score,class,value\n");
    lines(lines, scores, "IoU");
    lines(lines, atLabelSize, "IoU" + Scores.AT_LABEL_SIZE);
    return lines.toString();
  }

  private static void lines(StringBuilder lines, Scores scores, String iou) {
    scores
        .tasks()
        .forEach(
            (task, of) -> {
              of.values().forEach((name, value) -> line(lines, task, name, "", value));
              of.confusion().ifPresent(confusion -> classes(lines, task, iou, confusion));
            });
  }

  private static void classes(StringBuilder lines, String task, String iou, Confusion confusion) {
    for (int c = 0; c < confusion.classes().size(); c++) {
      line(lines, task, iou, quoted(confusion.classes().get(c)), confusion.iou(c));
    }
  }

  private static void line(StringBuilder lines, String task, String score, String of, double v) {
    lines.append(String.format(Locale.ROOT, "%s,%s,%s,%s\n", task, score, of, v));
  }

  /** As a field of a CSV line. */
  static String quoted(String name) {
    return name.matches("[^,\"\\r\\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }
}
