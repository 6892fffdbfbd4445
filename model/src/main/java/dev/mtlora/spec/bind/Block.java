package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A form that is a block of keys and values, which may stand among those of another.
 *
 * @param <T> the type
 */
interface Block<T> extends Form<T> {
  /** The keys that it may have, given what the block says. */
  Set<String> keys(ObjectNode block);

  /** True if the file's {@code reference} is a part of it. */
  default boolean hasReference() {
    return false;
  }

  /** True if a key that it has not is refused. */
  default boolean isStrict() {
    return true;
  }

  /** Reads its own keys of a block, whatever else is there. */
  T readKeys(ObjectNode block, Place place, @Nullable T otherwise);

  /**
   * Writes its own keys into a block.
   *
   * @param top true if the block is the whole file
   */
  void writeKeys(ObjectNode block, T value, boolean top);

  /**
   * The schema of its keys, into a JSON schema's {@code properties}.
   *
   * @param usual the value whose parts are the defaults, if there is one
   */
  void schema(ObjectNode properties, @Nullable T usual);

  @Override
  default T read(JsonNode node, Place place, @Nullable T otherwise) {
    ObjectNode block = block(node, place);
    Set<String> keys = new LinkedHashSet<>(keys(block));
    if (place.isTop() && hasReference()) {
      keys.add(RecordForm.REFERENCE);
    }
    block
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (isStrict() && !keys.contains(key)) {
                throw place.unknown("key", key, keys);
              }
            });
    return readKeys(block, place, otherwise);
  }

  @Override
  default JsonNode write(T value) {
    ObjectNode block = JsonNodeFactory.instance.objectNode();
    writeKeys(block, value, false);
    return block;
  }

  @Override
  default String kind() {
    return "a block of keys and values";
  }

  @Override
  default JsonNode schema() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
    schema(schema.putObject("properties"), usual());
    return schema.put("additionalProperties", false);
  }

  /** A node that must be a block, none of whose keys has swallowed its value. */
  static ObjectNode block(JsonNode node, Place place) {
    if (!(node instanceof ObjectNode block)) {
      throw place.wrong("a block of keys and values", node);
    }
    block
        .properties()
        .forEach(
            field -> {
              int colon = field.getKey().indexOf(':');
              if (field.getValue().isNull() && colon > 0) {
                throw swallowed(place, field.getKey(), colon);
              }
            });
    return block;
  }

  private static IllegalArgumentException swallowed(Place place, String key, int colon) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s has the key '%s' without a value where 'key: value' was expected: put a blank after the colon, '%s: %s'",
            place.isTop() ? "the file" : place.path(),
            key,
            key.substring(0, colon),
            key.substring(colon + 1)));
  }
}
