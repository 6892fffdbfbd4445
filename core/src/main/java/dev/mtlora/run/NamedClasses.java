package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.data.ClassMap;
import dev.mtlora.data.ClassNames;
import dev.mtlora.data.Encodings;
import dev.mtlora.files.DataException;
import dev.mtlora.spec.YamlText;
import dev.mtlora.task.Tasks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes names of classes out where they are used, so that a run folder or an adapter has them
 * wherever it goes: those of a file in the place of its name, and those of the labels of a task
 * whose classes are a setting, or their count, also as those of the task, if it has none of its
 * own.
 */
final class NamedClasses {
  private static final int MOST = 255; // of which data.labels says that it has too many

  private NamedClasses() {}

  static void writeOut(ObjectNode tree) {
    writeOut(tree, tree.path("data"));
    tree.path("data").path("sources").forEach(source -> writeOut(tree, source));
  }

  private static void writeOut(ObjectNode tree, JsonNode data) {
    Path root = Path.of(data.path("root").asText(""));
    for (JsonNode label : data.path("labels")) {
      if (label instanceof ObjectNode block && YamlText.isWord(block.path("classes"))) {
        replace(block, root);
      }
    }
    if (tree.path("tasks") instanceof ObjectNode tasks) {
      Tasks.ids().stream()
          .filter(Tasks::takesClasses)
          .filter(tasks::has)
          .forEach(task -> give(tasks, task, data.path("labels").path(task).path("classes")));
    }
  }

  private static void replace(ObjectNode label, Path root) {
    try {
      Path file = root.resolve(label.get("classes").textValue());
      List<ClassMap.Entry> entries = ClassMap.read(file);
      if (!entries.isEmpty()) {
        groups(label.putObject("classes"), entries, label.path("encoding").asText(), file);
        return;
      }
      ArrayNode names = label.arrayNode();
      ClassNames.read(file).forEach(names::add);
      label.set("classes", names);
    } catch (DataException e) {
      throw new IllegalArgumentException("data.labels: " + e.getMessage(), e);
    }
  }

  /** The numbers of every name, or the colours for labels that have these. */
  private static void groups(
      ObjectNode classes, List<ClassMap.Entry> entries, String encoding, Path file) {
    boolean colours = encoding.equals(Encodings.COLOURS);
    for (ClassMap.Entry entry : entries) {
      ArrayNode group = classes.withArray("/" + entry.name().replace("~", "~0").replace("/", "~1"));
      if (colours) {
        group.add(entry.colour().orElseThrow(() -> colourless(file, entry)).toString());
      } else {
        group.add(entry.id());
      }
    }
  }

  private static DataException colourless(Path file, ClassMap.Entry entry) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s gives the class %s no color, by which labels of the encoding %s tell it",
            file,
            entry.name(),
            Encodings.COLOURS));
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

  private static void give(ObjectNode tasks, String task, JsonNode classes) {
    JsonNode own = tasks.path(task);
    if (own.hasNonNull("names") || !(own.isObject() || own.isNull())) {
      return;
    }
    List<String> names = names(classes);
    if (!names.isEmpty()
        && YamlText.count(own.path("classes")).orElse(names.size()) == names.size()) {
      names.forEach(block(tasks, task, own).putArray("names")::add);
    }
    int count = YamlText.count(classes).orElse(0);
    if (count > 0 && count <= MOST && !own.hasNonNull("classes")) {
      block(tasks, task, own).set("classes", classes);
    }
  }

  private static ObjectNode block(ObjectNode tasks, String task, JsonNode own) {
    return own instanceof ObjectNode block ? block : tasks.putObject(task);
  }
}
