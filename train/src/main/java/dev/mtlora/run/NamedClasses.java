package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.data.ClassMap;
import dev.mtlora.data.ClassNames;
import dev.mtlora.data.Encodings;
import dev.mtlora.files.DataException;
import dev.mtlora.spec.bind.Plain;
import dev.mtlora.task.Colour;
import dev.mtlora.task.Tasks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes names of classes out where they are used, so that a run folder or an adapter has them
 * wherever it goes: those of a file in the place of its name, and those of the labels of a task
 * whose classes are a setting, or their count, also as those of the task, if it has none of its
 * own, and their colours.
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
    Map<String, List<String>> colours = new HashMap<>();
    for (Map.Entry<String, JsonNode> label : data.path("labels").properties()) {
      if (label.getValue() instanceof ObjectNode block) {
        List<String> ofFile =
            Plain.isWord(block.path("classes")) ? replace(block, root) : List.of();
        boolean inLabels = block.path("encoding").asText().equals(Encodings.COLOURS);
        colours.put(label.getKey(), inLabels ? colours(block.path("classes")) : ofFile);
      }
    }
    if (tree.path("tasks") instanceof ObjectNode tasks) {
      Tasks.ids().stream()
          .filter(Tasks::takesClasses)
          .filter(tasks::has)
          .forEach(
              task -> {
                give(tasks, task, data.path("labels").path(task).path("classes"));
                giveColours(tasks, task, colours.getOrDefault(task, List.of()));
              });
    }
  }

  /** Writes out the classes of a file; their colours, if all have one. */
  private static List<String> replace(ObjectNode label, Path root) {
    try {
      Path file = root.resolve(label.get("classes").textValue());
      List<ClassMap.Entry> entries = ClassMap.read(file);
      if (!entries.isEmpty()) {
        groups(label.putObject("classes"), entries, label.path("encoding").asText(), file);
        return colours(entries);
      }
      ArrayNode names = label.arrayNode();
      ClassNames.read(file).forEach(names::add);
      label.set("classes", names);
      return List.of();
    } catch (DataException e) {
      throw new IllegalArgumentException("data.labels: " + e.getMessage(), e);
    }
  }

  /** The first of every name. */
  private static List<String> colours(List<ClassMap.Entry> entries) {
    Map<String, String> first = new LinkedHashMap<>();
    entries.forEach(
        entry -> first.putIfAbsent(entry.name(), entry.colour().map(Colour::toString).orElse("")));
    return first.containsValue("") ? List.of() : List.copyOf(first.values());
  }

  /** The first of every class, if each has one; what is none is refused where it stands. */
  private static List<String> colours(JsonNode classes) {
    List<String> first = new ArrayList<>();
    for (JsonNode one : classes) {
      first.add((one.isArray() ? one.path(0) : one).asText());
    }
    return first.stream().allMatch(Colour::is) ? first : List.of();
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
    if (!names.isEmpty() && Plain.count(own.path("classes")).orElse(names.size()) == names.size()) {
      names.forEach(block(tasks, task, own).putArray("names")::add);
    }
    int count = Plain.count(classes).orElse(0);
    if (count > 0 && count <= MOST && !own.hasNonNull("classes")) {
      block(tasks, task, own).set("classes", classes);
    }
  }

  private static void giveColours(ObjectNode tasks, String task, List<String> colours) {
    JsonNode own = tasks.path(task);
    boolean fits =
        Plain.count(own.path("classes")).orElse(own.path("names").size()) == colours.size();
    if (!colours.isEmpty() && fits && own.isObject() && !own.hasNonNull("colours")) {
      colours.forEach(block(tasks, task, own).putArray("colours")::add);
    }
  }

  private static ObjectNode block(ObjectNode tasks, String task, JsonNode own) {
    return own instanceof ObjectNode block ? block : tasks.putObject(task);
  }
}
