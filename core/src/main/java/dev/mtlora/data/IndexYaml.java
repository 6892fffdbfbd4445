package dev.mtlora.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads {@link Encoding.Index} from YAML. {@code classes} is how many there are, or their names, or
 * the name of a file of them ({@link ClassNames}), or the numbers of each by name: {@code {wall:
 * [1, 2], door: 7}}. {@code ignore} is a list of numbers, or {@code rest}.
 */
final class IndexYaml {
  private static final String REST = "rest";

  private IndexYaml() {}

  static Encoding.Index read(YamlBlock label, Path root) {
    label.allow("folder", "encoding", "classes", "ignore");
    JsonNode classes = label.required("classes");
    if (classes.isObject()) {
      Map<String, List<Integer>> groups = groups(label.block("classes"));
      return index(label, List.copyOf(groups.keySet()), groups);
    }
    if (classes.isArray() || classes.isTextual()) {
      List<String> names =
          classes.isTextual()
              ? ClassNames.read(root.resolve(classes.textValue()))
              : label.list("classes", List.of(), YamlBlock::asText);
      return numbered(label, names.size(), names);
    }
    return numbered(label, Encoding.Index.checkedClasses(label.count("classes", 0)), List.of());
  }

  private static Encoding.Index numbered(YamlBlock label, int classes, List<String> names) {
    Encoding.Index plain = new Encoding.Index(classes, names);
    return label.has("ignore") ? index(label, names, numbers(classes)) : plain;
  }

  private static Map<String, List<Integer>> groups(YamlBlock classes) {
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (String name : classes.keys()) {
      if (!classes.has(name)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s has no numbers; list those that stand for it, for instance [3], or [] if none does",
                classes.at(name)));
      }
      groups.put(name, classes.list(name, List.of(), YamlBlock::asCount));
    }
    return groups;
  }

  private static Map<String, List<Integer>> numbers(int classes) {
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < classes; i++) {
      groups.put(Integer.toString(i), List.of(i));
    }
    return groups;
  }

  private static Encoding.Index index(
      YamlBlock label, List<String> names, Map<String, List<Integer>> groups) {
    boolean rest = label.has("ignore") && label.required("ignore").isTextual();
    if (rest) {
      label.word("ignore", REST, List.of(REST));
    }
    List<Integer> ignored = rest ? List.of() : label.list("ignore", List.of(), YamlBlock::asCount);
    return label.build(
        () -> new Encoding.Index(groups.size(), names, ClassIds.of(groups, ignored, rest)));
  }
}
