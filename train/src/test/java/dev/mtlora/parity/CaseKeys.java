package dev.mtlora.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A block of a case each of whose keys must be read: one that nobody knows fails by name. */
final class CaseKeys {
  private final String path;
  private final JsonNode block;
  private final Set<String> unread = new LinkedHashSet<>();

  CaseKeys(String path, JsonNode block) {
    this.path = path;
    this.block = block;
    block.fieldNames().forEachRemaining(unread::add);
  }

  boolean has(String key) {
    return block.has(key);
  }

  int number(String key) {
    return of(key).asInt();
  }

  double real(String key) {
    return of(key).asDouble();
  }

  boolean flag(String key) {
    return of(key).asBoolean();
  }

  String text(String key) {
    return of(key).asText();
  }

  List<Integer> numbers(String key) {
    return list(key, JsonNode::asInt);
  }

  List<Double> reals(String key) {
    return list(key, JsonNode::asDouble);
  }

  List<String> texts(String key) {
    return list(key, JsonNode::asText);
  }

  private <T> List<T> list(String key, Function<JsonNode, T> element) {
    List<T> values = new ArrayList<>();
    of(key).forEach(value -> values.add(element.apply(value)));
    return values;
  }

  private JsonNode of(String key) {
    JsonNode value = block.get(key);
    if (value == null) {
      throw new AssertionError(path + " has no " + key);
    }
    unread.remove(key);
    return value;
  }

  /** What a key has to be where it is there: ours knows nothing else. */
  void require(String key, String json) {
    if (has(key) && !of(key).toString().equals(json)) {
      throw new AssertionError(path + "." + key + " must be " + json + " but is " + block.get(key));
    }
  }

  /** A key that says what is known otherwise, for instance in words. */
  void ignore(String key) {
    unread.remove(key);
  }

  /** Fails if a key has not been read. */
  void requireAllRead() {
    if (!unread.isEmpty()) {
      throw new AssertionError("unknown keys in " + path + ": " + unread);
    }
  }
}
