package dev.mtlora.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.task.Label;

/** What a prediction says in numbers and words. */
final class PredictionJson {
  private PredictionJson() {}

  static String of(Prediction prediction) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("picture", prediction.name());
    json.put("height", prediction.size().height());
    json.put("width", prediction.size().width());
    ObjectNode tasks = json.putObject("tasks");
    prediction.maps().forEach((task, map) -> describe(tasks.putObject(task), map));
    return json.toPrettyString() + "\n";
  }

  private static void describe(ObjectNode json, PredictedMap map) {
    json.put("form", map.task().label().form());
    if (map.task().label() instanceof Label.Classes classes) {
      long[] pixels = new long[classes.count()];
      for (int index : map.classes()) {
        pixels[index]++;
      }
      ObjectNode shares = json.putObject("share");
      for (int i = 0; i < pixels.length; i++) {
        if (pixels[i] > 0) {
          String name = i < map.classNames().size() ? map.classNames().get(i) : "" + i;
          shares.put(name, pixels[i] / (double) map.numbers().length);
        }
      }
      return;
    }
    double sum = 0;
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (float value : map.numbers()) {
      sum += value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    json.put("unit", map.unit());
    json.put("least", least).put("mean", sum / map.numbers().length).put("most", most);
  }
}
