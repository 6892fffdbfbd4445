package dev.mtlora.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.data.ClassNames;
import dev.mtlora.data.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes names of classes out where they are used, so that a run folder or an adapter has them
 * wherever it goes: those of a file in the place of its name, and those of the labels of semseg
 * also as those of the task, if it has none of its own.
 */
final class NamedClasses {
  private static final String TASK = "semseg";

  private NamedClasses() {}

  static void writeOut(ObjectNode tree) {
    writeOut(tree, tree.path("data"));
    tree.path("data").path("sources").forEach(source -> writeOut(tree, source));
  }

  private static void writeOut(ObjectNode tree, JsonNode data) {
    Path root = Path.of(data.path("root").asText(""));
    for (JsonNode label : data.path("labels")) {
      if (label instanceof ObjectNode block && block.path("classes").isTextual()) {
        replace(block, root);
      }
    }
    List<String> names = names(data.path("labels").path(TASK).path("classes"));
    if (!names.isEmpty() && tree.path("tasks").has(TASK)) {
      name((ObjectNode) tree.get("tasks"), names);
    }
  }

  private static void replace(ObjectNode label, Path root) {
    try {
      ArrayNode names = label.arrayNode();
      ClassNames.read(root.resolve(label.get("classes").textValue())).forEach(names::add);
      label.set("classes", names);
    } catch (DataException e) {
      throw new IllegalArgumentException("data.labels: " + e.getMessage(), e);
    }
  }

  private static List<String> names(JsonNode classes) {
    List<String> names = new ArrayList<>();
    if (classes.isObject()) {
      classes.fieldNames().forEachRemaining(names::add);
    } else {
      classes.forEach(name -> names.add(name.asText())); // none if it is a number
    }
    return names;
  }

  private static void name(ObjectNode tasks, List<String> names) {
    JsonNode own = tasks.path(TASK);
    boolean fits = own.path("classes").asInt(names.size()) == names.size();
    if (fits && !own.hasNonNull("names") && (own.isObject() || own.isNull())) {
      ObjectNode task = own instanceof ObjectNode block ? block : tasks.putObject(TASK);
      names.forEach(task.putArray("names")::add);
    }
  }
}
