package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page of all keys, and the schema for editors: made of the records that a configuration is
 * bound to, and of what their documentation says of each component.
 */
final class ConfigurationPage {
  private static final List<Path> SOURCES =
      List.of(Path.of("src", "main", "java"), Path.of("..", "model", "src", "main", "java"));
  private static final Pattern PARAM =
      Pattern.compile("@param (\\w+) (.*?)(?=\\n\\s*\\* @|\\n\\s*\\*/)", Pattern.DOTALL);

  private final Map<String, Map<String, String>> meanings = new HashMap<>();

  /** What the record says of a component, as one line of text. */
  String meaning(String record, String component) {
    if (record.isEmpty()) {
      return "its name";
    }
    return meanings
        .computeIfAbsent(record, ConfigurationPage::meanings)
        .getOrDefault(component, "");
  }

  private static Map<String, String> meanings(String record) {
    String[] names = record.substring(record.lastIndexOf('.') + 1).split("\\$");
    String name = record.replaceAll("\\$.*", "").replace('.', '/') + ".java";
    Path file =
        SOURCES.stream().map(s -> s.resolve(name)).filter(Files::exists).findFirst().orElseThrow();
    try {
      String source = Files.readString(file);
      int at = source.indexOf("record " + names[names.length - 1] + "(");
      int start = source.lastIndexOf("/**", at);
      Map<String, String> found = new LinkedHashMap<>();
      Matcher params = PARAM.matcher(source.substring(start, at));
      while (params.find()) {
        found.put(params.group(1), plain(params.group(2)));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String plain(String javadoc) {
    return javadoc
        .replaceAll("\\s*\\n\\s*\\*\\s*", " ")
        .replaceAll("\\{@code ([^}]*)}", "`$1`")
        .replaceAll("\\{@link #?([^}]*)}", "`$1`")
        .replace("|", "\\|")
        .strip();
  }

  /** The schema with the meaning of every key. */
  ObjectNode described(ObjectNode schema) {
    ObjectNode described = schema.deepCopy();
    described.put("$schema", "http://json-schema.org/draft-07/schema#");
    ObjectNode properties = (ObjectNode) described.get("properties");
    properties.putObject("base").put("type", "string").put("description", BASE);
    describe(described);
    return described;
  }

  private void describe(JsonNode node) {
    if (node instanceof ObjectNode block) {
      for (Map.Entry<String, JsonNode> property : block.path("properties").properties()) {
        JsonNode record = ((ObjectNode) property.getValue()).remove("$comment");
        ((ObjectNode) property.getValue()).remove("title");
        if (record != null) {
          String text = meaning(record.textValue(), property.getKey());
          ((ObjectNode) property.getValue()).put("description", text);
        }
      }
    }
    node.forEach(this::describe);
  }

  private static final String BASE =
      "another file, relative to this one, or the name of a shipped configuration: its blocks are"
          + " changed key by key";

  private static final String HEAD =
      """
      # Configuration

      Every key of a configuration, made of the records that it is bound to (`RunSpec.schema()`); a test says when this page is
      stale, and `./mvnw -pl train -am test -Dtest=ConfigurationPageTest -Dmtlora.write=true` writes it. Editors that know JSON schemas
      complete and check keys with `# yaml-language-server: $schema=PATH/docs/configuration.schema.json` in the first line.

      `base:` names %s: a block with another name than the base's (of a method, a kind of data, a backbone,
      an encoding) starts anew, `tasks` says which tasks there are, and lists replace lists. `--set train.epochs=3` and a key `train.epochs: 3`
      change one value. Numbers are decimal; where a word is meant, the text counts as it is written (`no`, `010`, `1.10` are names like others).
      There are no anchors, aliases and tags, one document a file, at most 8 MB and 100 levels.
      """;

  /** The page. */
  String page(ObjectNode schema) {
    StringBuilder page = new StringBuilder(String.format(Locale.ROOT, HEAD, BASE));
    for (Map.Entry<String, JsonNode> block : schema.path("properties").properties()) {
      page.append("\n## ").append(block.getKey()).append("\n\n");
      JsonNode value = block.getValue();
      page.append(sentence(meaning(value.path("$comment").asText(), block.getKey())))
          .append("\n\n");
      section(page, value);
    }
    return page.toString().replaceAll("\n{3,}", "\n\n").stripTrailing() + "\n";
  }

  private static String sentence(String text) {
    return text.isEmpty()
        ? ""
        : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
  }

  private void section(StringBuilder page, JsonNode value) {
    if (value.has("properties")) {
      table(page, value);
    }
    for (JsonNode either : value.path("anyOf")) {
      if (either.has("properties")) {
        page.append("### ").append(names(either)).append("\n\n");
        table(page, either);
      }
    }
    if (!value.has("properties") && !value.has("anyOf")) {
      page.append("Value: ").append(value.path("title").asText()).append(".\n");
    }
  }

  /** The names that stand for a block of a plug. */
  private static String names(JsonNode block) {
    List<String> names = new ArrayList<>();
    for (JsonNode property : block.path("properties")) {
      if (!property.has("title") && property.has("enum")) {
        property.path("enum").forEach(name -> names.add(name.asText()));
        break;
      }
    }
    return String.join(", ", names);
  }

  private void table(StringBuilder page, JsonNode block) {
    List<String> rows = new ArrayList<>();
    rows(rows, "", block, 0);
    if (rows.isEmpty()) {
      page.append("No settings.\n\n");
      return;
    }
    page.append("| key | value | default | meaning |\n|---|---|---|---|\n");
    rows.forEach(row -> page.append(row).append('\n'));
    page.append('\n');
  }

  private void rows(List<String> rows, String path, JsonNode block, int depth) {
    for (Map.Entry<String, JsonNode> property : block.path("properties").properties()) {
      JsonNode value = property.getValue();
      String key = path + property.getKey();
      if (value.has("title")) {
        String usual = value.has("default") ? "`" + value.get("default") + "`" : "";
        rows.add(
            String.format(
                Locale.ROOT,
                "| `%s` | %s | %s | %s |",
                key,
                value.get("title").asText().replace("|", "\\|"),
                usual.length() > 60 ? "see below" : usual.replace("\"", ""),
                meaning(value.path("$comment").asText(), property.getKey())));
      }
      if (depth < 3) {
        below(rows, key, value, depth + 1);
      }
    }
  }

  /** True if a value may be a list, of which the elements' keys are shown. */
  private static boolean isList(JsonNode value) {
    boolean list = false;
    for (JsonNode either : value.path("anyOf")) {
      list |= either.has("items");
    }
    return list;
  }

  private void below(List<String> rows, String key, JsonNode value, int depth) {
    boolean list = isList(value);
    rows(rows, key + ".", value, depth);
    for (JsonNode either : value.path("anyOf")) {
      rows(rows, key + "[].", either.path("items"), depth);
      if (!list) {
        String name = names(either);
        rows(rows, key + (name.isEmpty() ? "." : "{" + name + "}."), either, depth);
        JsonNode byName = either.path("additionalProperties");
        if (!byName.has("anyOf")) { // else it is the same as without a name
          rows(rows, key + ".NAME.", byName, depth);
        }
        if (either.has("anyOf")) {
          below(rows, key, either, depth);
        }
      }
    }
    rows(rows, key + ".NAME.", value.path("additionalProperties"), depth);
  }
}
