package dev.mtlora.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mtlora.nn.Catalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A block of YAML that knows where it stands, so that messages can say it. Every reader fails with
 * an {@link IllegalArgumentException} that names the key's full path, its value and what was
 * expected; a key without a value counts as absent.
 *
 * @param node a mapping
 * @param path for instance {@code data.labels.depth}; empty at the top
 */
public record YamlBlock(JsonNode node, String path) {
  /** Checks that it is a mapping, and that no key has swallowed its value. */
  public YamlBlock {
    if (!node.isObject()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must be a block of keys and values but is: %s",
              path.isEmpty() ? "the file" : path,
              node));
    }
    node.properties().forEach(field -> checkColon(path, field.getKey(), field.getValue().isNull()));
  }

  private static void checkColon(String path, String key, boolean noValue) {
    int colon = key.indexOf(':');
    if (noValue && colon > 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s has the key '%s' without a value where 'key: value' was expected: put a blank after the colon, '%s: %s'",
              path.isEmpty() ? "the file" : path,
              key,
              key.substring(0, colon),
              key.substring(colon + 1)));
    }
  }

  /** Fails if there is a key that is none of these, naming the one that was probably meant. */
  public YamlBlock allow(String... known) {
    return allow(List.of(known));
  }

  /** Fails if there is a key that is none of these, naming the one that was probably meant. */
  public YamlBlock allow(List<String> known) {
    for (String key : keys()) {
      if (!known.contains(key)) {
        throw unknown("key", key, known);
      }
    }
    return this;
  }

  /** The keys, in their order. */
  public List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** True if the key has a value. */
  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** The full path of a key. */
  public String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** The block of a key; an empty one if the key is absent. */
  public YamlBlock block(String key) {
    JsonNode value = has(key) ? node.get(key) : JsonNodeFactory.instance.objectNode();
    return new YamlBlock(value, at(key));
  }

  /**
   * The block of a key that may also be a single word, then meant as {@code {<word's key>: word}}.
   */
  public YamlBlock blockOrWord(String key, String wordKey) {
    if (has(key) && node.get(key).isTextual()) {
      return new YamlBlock(
          JsonNodeFactory.instance.objectNode().set(wordKey, node.get(key)), at(key));
    }
    return block(key);
  }

  /** A text that must be there. */
  public String text(String key) {
    return asText(required(key), at(key));
  }

  /** A text, or the given one. */
  public String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  /** One of some words, or the given one; proposes the nearest. */
  public String word(String key, String otherwise, List<String> known) {
    String word = text(key, otherwise);
    if (!known.contains(word)) {
      throw unknown(key, word, known);
    }
    return word;
  }

  /** One of some words, several times. */
  public List<String> words(String key, List<String> otherwise, List<String> known) {
    List<String> words = list(key, otherwise, YamlBlock::asText);
    for (String word : words) {
      if (!known.contains(word)) {
        throw unknown(key, word, known);
      }
    }
    return words;
  }

  /** A number that must be there. */
  public double number(String key) {
    return asNumber(required(key), at(key));
  }

  /** A number, or the given one. */
  public double number(String key, double otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  /** A whole number, or the given one. */
  public long whole(String key, long otherwise) {
    return has(key)
        ? read(required(key), at(key), "a whole number", JsonNode::isIntegralNumber).longValue()
        : otherwise;
  }

  /** A whole number in the range of {@code int}, or the given one. */
  public int count(String key, int otherwise) {
    return has(key) ? asCount(required(key), at(key)) : otherwise;
  }

  /** True or false, or the given one. */
  public boolean flag(String key, boolean otherwise) {
    return has(key)
        ? read(required(key), at(key), "true or false", JsonNode::isBoolean).booleanValue()
        : otherwise;
  }

  /** A list, or the given one; a single value is a list of one. */
  public <T> List<T> list(String key, List<T> otherwise, Element<T> element) {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = node.get(key);
    if (!value.isArray()) {
      return List.of(element.read(value, at(key)));
    }
    List<T> list = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      list.add(element.read(value.get(i), at(key) + "[" + i + "]"));
    }
    return list;
  }

  /** Reads one element of a list. */
  @FunctionalInterface
  public interface Element<T> {
    /** The value of a node at a path. */
    T read(JsonNode node, String path);
  }

  /** For {@link #list}: a text. */
  public static String asText(JsonNode node, String path) {
    return read(node, path, "a text", JsonNode::isValueNode).asText();
  }

  /** For {@link #list}: a finite number. */
  public static double asNumber(JsonNode node, String path) {
    return read(node, path, "a number", n -> n.isNumber() && Double.isFinite(n.asDouble()))
        .asDouble();
  }

  /** For {@link #list}: a whole number in the range of {@code int}. */
  public static int asCount(JsonNode node, String path) {
    return read(node, path, "a whole number", n -> n.isIntegralNumber() && n.canConvertToInt())
        .intValue();
  }

  private static JsonNode read(JsonNode node, String path, String kind, Predicate<JsonNode> fits) {
    if (!fits.test(node)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be %s but is: %s", path, kind, node));
    }
    return node;
  }

  /** A value made from this block; what its constructor refuses is reported with the path. */
  public <T> T build(Supplier<T> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      boolean placed = path.isEmpty() || message.startsWith(path);
      throw new IllegalArgumentException(placed ? message : path + ": " + message, e);
    }
  }

  /** The value of a key that must be there. */
  public JsonNode required(String key) {
    if (!has(key)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "%s is missing", at(key)));
    }
    return node.get(key);
  }

  /** What to throw for a name that is none of the known ones. */
  public IllegalArgumentException unknown(String what, String name, List<String> known) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%sunknown %s '%s': did you mean '%s'? Known are %s",
            path.isEmpty() ? "" : path + ": ",
            what,
            name,
            Catalogue.nearest(name, known),
            String.join(", ", known)));
  }
}
