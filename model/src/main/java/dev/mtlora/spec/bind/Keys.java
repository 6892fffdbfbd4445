package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All keys of a file and the blocks that have them.
 *
 * @param blocks by key, the path of each; that of the file itself is empty
 */
record Keys(Map<String, List<String>> blocks) {
  static final Keys NONE = new Keys(Map.of());

  /** All that a schema allows. */
  static Keys of(JsonNode schema) {
    Keys keys = new Keys(new LinkedHashMap<>());
    keys.add(schema, "");
    return keys;
  }

  private void add(JsonNode schema, String path) {
    schema
        .path("properties")
        .properties()
        .forEach(
            field -> {
              blocks.computeIfAbsent(field.getKey(), key -> new ArrayList<>()).add(path);
              add(field.getValue(), path.isEmpty() ? field.getKey() : path + "." + field.getKey());
            });
    schema.path("anyOf").forEach(either -> add(either, path));
  }

  /** What to say of a key that another block has; empty if none has it. */
  String hint(String key, String path) {
    List<String> others = blocks.getOrDefault(key, List.of());
    return others.isEmpty() || others.contains(path)
        ? ""
        : String.format(
            Locale.ROOT,
            ": it is a key of %s.",
            others.stream()
                .distinct()
                .map(block -> block.isEmpty() ? "the file itself" : "the block '" + block + "'")
                .collect(Collectors.joining(" and of ")));
  }
}
