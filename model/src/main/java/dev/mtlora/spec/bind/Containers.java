package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The forms of types that hold others. */
final class Containers {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Containers() {}

  static ObjectNode anyOf(JsonNode... schemas) {
    ObjectNode schema = NODES.objectNode();
    ArrayNode either = schema.putArray("anyOf");
    List.of(schemas).forEach(either::add);
    return schema;
  }

  static ObjectNode array(JsonNode element) {
    return NODES.objectNode().put("type", "array").set("items", element);
  }

  static ObjectNode anyKey(JsonNode element) {
    return NODES.objectNode().put("type", "object").set("additionalProperties", element);
  }

  static <T> List<T> elements(JsonNode node, Place place, Form<T> form) {
    List<T> values = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      if (node.get(i).isNull()) {
        throw place.at(i).wrong(form.kind(), node.get(i));
      }
      values.add(form.read(node.get(i), place.at(i), form.usual()));
    }
    return values;
  }

  static <T> ArrayNode array(Iterable<T> values, Form<T> form) {
    ArrayNode array = NODES.arrayNode();
    values.forEach(value -> array.add(form.write(value)));
    return array;
  }

  /** A list; a single value is a list of one. */
  record OfList<T>(Form<T> element) implements Form<List<T>> {
    @Override
    public List<T> read(JsonNode node, Place place, @Nullable List<T> otherwise) {
      return node.isArray()
          ? elements(node, place, element)
          : List.of(element.read(node, place, null));
    }

    @Override
    public JsonNode write(List<T> value) {
      return array(value, element);
    }

    @Override
    public List<T> usual() {
      return List.of();
    }

    @Override
    public String kind() {
      return "a list, each " + element.kind();
    }

    @Override
    public JsonNode schema() {
      return anyOf(element.schema(), array(element.schema()));
    }
  }

  /** The same without an order. */
  record OfSet<T>(Form<T> element) implements Form<Set<T>> {
    @Override
    public Set<T> read(JsonNode node, Place place, @Nullable Set<T> otherwise) {
      return new LinkedHashSet<>(new OfList<>(element).read(node, place, null));
    }

    @Override
    public JsonNode write(Set<T> value) {
      return array(value, element);
    }

    @Override
    public String kind() {
      return "a list, each " + element.kind();
    }

    @Override
    public JsonNode schema() {
      return anyOf(element.schema(), array(element.schema()));
    }
  }

  /** A block with any keys, in their order. */
  record OfMap<T>(Form<T> element) implements Form<Map<String, T>> {
    @Override
    public Map<String, T> read(JsonNode node, Place place, @Nullable Map<String, T> otherwise) {
      return entries(Block.block(node, place), place, element, false);
    }

    @Override
    public JsonNode write(Map<String, T> value) {
      ObjectNode block = NODES.objectNode();
      value.forEach((key, each) -> block.set(key, element.write(each)));
      return block.isEmpty() ? NullNode.getInstance() : block;
    }

    @Override
    public Map<String, T> usual() {
      return Map.of();
    }

    @Override
    public String kind() {
      return "a block, each value " + element.kind();
    }

    @Override
    public JsonNode schema() {
      return anyKey(element.schema());
    }
  }

  /**
   * The entries of a block.
   *
   * @param absent true if a key without a value is as good as none; else it is refused
   */
  static <T> Map<String, T> entries(
      ObjectNode block, Place place, Form<T> element, boolean absent) {
    Map<String, T> values = new LinkedHashMap<>();
    block
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isNull() && element instanceof OfOptional<?>) {
                values.put(field.getKey(), Objects.requireNonNull(element.usual()));
                return;
              }
              if (field.getValue().isNull() && !absent) {
                throw new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "%s has no value: give %s",
                        place.at(field.getKey()).path(),
                        element.kind()));
              }
              if (!field.getValue().isNull()) {
                values.put(
                    field.getKey(),
                    element.read(field.getValue(), place.at(field.getKey()), element.usual()));
              }
            });
    return Collections.unmodifiableMap(values);
  }

  /** What may be absent. */
  record OfOptional<T>(Form<T> element) implements Form<Optional<T>> {
    @Override
    @SuppressWarnings("NullableOptional") // null: there is no instance that it could be of
    public Optional<T> read(JsonNode node, Place place, @Nullable Optional<T> otherwise) {
      T former = otherwise == null ? null : otherwise.orElse(null);
      return Optional.of(element.read(node, place, former == null ? element.usual() : former));
    }

    @Override
    public JsonNode write(Optional<T> value) {
      return value.map(element::write).orElse(NullNode.getInstance());
    }

    @Override
    public Optional<T> usual() {
      return Optional.empty();
    }

    @Override
    public String kind() {
      return element.kind();
    }

    @Override
    public JsonNode schema() {
      return element.schema();
    }
  }

  static Form<OptionalInt> ofInt(Forms forms) {
    Form<Integer> element = forms.of(int.class);
    return new Unboxed<>(
        element,
        OptionalInt.empty(),
        OptionalInt::of,
        value -> value.isPresent() ? element.write(value.getAsInt()) : NullNode.getInstance());
  }

  static Form<OptionalDouble> ofDouble(Forms forms) {
    Form<Double> element = forms.of(double.class);
    return new Unboxed<>(
        element,
        OptionalDouble.empty(),
        OptionalDouble::of,
        value -> value.isPresent() ? element.write(value.getAsDouble()) : NullNode.getInstance());
  }

  private record Unboxed<E, T>(
      Form<E> element, T usual, Function<E, T> some, Function<T, JsonNode> writer)
      implements Form<T> {
    @Override
    public T read(JsonNode node, Place place, @Nullable T otherwise) {
      return some.apply(element.read(node, place, null));
    }

    @Override
    public JsonNode write(T value) {
      return writer.apply(value);
    }

    @Override
    public String kind() {
      return element.kind();
    }

    @Override
    public JsonNode schema() {
      return element.schema();
    }
  }
}
