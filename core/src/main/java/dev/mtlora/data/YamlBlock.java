package dev.mtlora.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Function;

/**
 * A block of YAML that knows where it stands, so that messages can say it.
 *
 * @param node a mapping
 * @param path for instance {@code data.labels.depth}
 */
record YamlBlock(JsonNode node, String path) {
  YamlBlock {
    if (!node.isObject()) {
      throw new IllegalArgumentException(
          "%s must be a block of keys and values but is: %s".formatted(path, node));
    }
  }

  /** Fails if there is a key that is none of these, naming the one that was probably meant. */
  YamlBlock allow(String... known) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!List.of(known).contains(key)) {
                throw unknown("key", key, List.of(known));
              }
            });
    return this;
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  YamlBlock block(String key) {
    return new YamlBlock(required(key), path + "." + key);
  }

  String text(String key) {
    return scalar(key, "a text", JsonNode::isValueNode, JsonNode::asText);
  }

  String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  double number(String key) {
    return scalar(key, "a number", JsonNode::isNumber, JsonNode::asDouble);
  }

  long whole(String key, long otherwise) {
    return has(key)
        ? scalar(key, "a whole number", JsonNode::isIntegralNumber, JsonNode::asLong)
        : otherwise;
  }

  private <T> T scalar(
      String key, String kind, Function<JsonNode, Boolean> fits, Function<JsonNode, T> read) {
    JsonNode value = required(key);
    if (!fits.apply(value)) {
      throw new IllegalArgumentException(
          "%s.%s must be %s but is: %s".formatted(path, key, kind, value));
    }
    return read.apply(value);
  }

  JsonNode required(String key) {
    if (!has(key)) {
      throw new IllegalArgumentException("%s.%s is missing".formatted(path, key));
    }
    return node.get(key);
  }

  IllegalArgumentException unknown(String what, String name, List<String> known) {
    String nearest =
        known.stream()
            .min((a, b) -> Integer.compare(distance(name, a), distance(name, b)))
            .orElseThrow();
    return new IllegalArgumentException(
        "%s: unknown %s %s; did you mean %s? Known are %s"
            .formatted(path, what, name, nearest, String.join(", ", known)));
  }

  /** How many letters must change to make one word of the other (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
