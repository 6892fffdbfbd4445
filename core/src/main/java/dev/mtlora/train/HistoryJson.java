package dev.mtlora.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evaluations as a JSON array, and back; NaN is null. */
public final class HistoryJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private HistoryJson() {}

  /** The array, in lines for people. */
  public static String write(List<Evaluation> history) {
    ArrayNode array = JSON.createArrayNode();
    history.forEach(evaluation -> write(array.addObject(), evaluation));
    return array.toPrettyString();
  }

  /** One evaluation, as an object. */
  public static String write(Evaluation evaluation) {
    ObjectNode node = JSON.createObjectNode();
    write(node, evaluation);
    return node.toString();
  }

  private static void write(ObjectNode node, Evaluation evaluation) {
    node.put("step", evaluation.step()).put("epoch", evaluation.epoch());
    ObjectNode tasks = node.putObject("tasks");
    evaluation.scores().tasks().forEach((task, scores) -> write(tasks.putObject(task), scores));
  }

  private static void write(ObjectNode node, Scores.TaskScores scores) {
    node.put("headline", scores.headline()).put("lower_is_better", scores.lowerIsBetter());
    ObjectNode values = node.putObject("values");
    scores.values().forEach((name, value) -> values.put(name, Double.isNaN(value) ? null : value));
  }

  /** The evaluations of an array that {@link #write} made. */
  public static List<Evaluation> read(String json) {
    try {
      List<Evaluation> history = new ArrayList<>();
      for (JsonNode node : JSON.readTree(json)) {
        Map<String, Scores.TaskScores> tasks = new LinkedHashMap<>();
        node.path("tasks").properties().forEach(e -> tasks.put(e.getKey(), scores(e.getValue())));
        history.add(
            new Evaluation(
                node.path("step").asLong(), node.path("epoch").asInt(), new Scores(tasks)));
      }
      return history;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the history is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Scores.TaskScores scores(JsonNode node) {
    Map<String, Double> values = new LinkedHashMap<>();
    node.path("values")
        .properties()
        .forEach(e -> values.put(e.getKey(), e.getValue().asDouble(Double.NaN)));
    return new Scores.TaskScores(
        values,
        node.path("headline").asText(),
        node.path("lower_is_better").asBoolean(),
        Optional.empty());
  }
}
