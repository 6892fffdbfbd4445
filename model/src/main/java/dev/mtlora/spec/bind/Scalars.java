package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mtlora.files.Json;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The forms of single values. */
final class Scalars {
  private static final Form<Integer> INT =
      of("a whole number", "integer", Scalars::count, IntNode::valueOf);
  private static final Form<Long> LONG =
      of("a whole number", "integer", node -> whole(node, Long.SIZE - 1), LongNode::valueOf);
  private static final Form<Double> DOUBLE = of("a number", "number", Scalars::number, Scalars::of);

  /** Infinite ones are texts, as Jackson writes them. */
  static final Form<Double> ANY_DOUBLE = of("a number", "number", Scalars::anyNumber, Scalars::of);

  private static final Form<Float> FLOAT =
      of(
          "a number",
          "number",
          node -> node.isNumber() ? node.floatValue() : null,
          value -> DoubleNode.valueOf(Double.parseDouble(Float.toString(value))));
  private static final Form<Boolean> BOOLEAN =
      of("true or false", "boolean", Scalars::flag, BooleanNode::valueOf);
  private static final Form<String> TEXT =
      of("a text", "string number boolean", Scalars::word, TextNode::valueOf);
  private static final Form<Path> PATH =
      of("a path", "string", Scalars::path, path -> TextNode.valueOf(path.toString()));

  private static final Form<JsonNode> TREE = of("anything", "object", node -> node, node -> node);
  private static final Form<Json> JSON =
      of(
          "anything",
          "object",
          node -> new Json(node.toString()),
          json -> JsonText.read(json.text()));

  private static final Map<Class<?>, Form<?>> ALL =
      Map.ofEntries(
          Map.entry(int.class, INT),
          Map.entry(Integer.class, INT),
          Map.entry(long.class, LONG),
          Map.entry(Long.class, LONG),
          Map.entry(double.class, DOUBLE),
          Map.entry(Double.class, DOUBLE),
          Map.entry(Float.class, FLOAT),
          Map.entry(boolean.class, BOOLEAN),
          Map.entry(Boolean.class, BOOLEAN),
          Map.entry(String.class, TEXT),
          Map.entry(Path.class, PATH),
          Map.entry(JsonNode.class, TREE),
          Map.entry(Json.class, JSON));

  private Scalars() {}

  /** The form of a type, or null if it is no single value. */
  static @Nullable Form<?> of(Class<?> type) {
    return ALL.get(type);
  }

  private interface Reader<T> {
    @Nullable T of(JsonNode node);
  }

  private static <T> Form<T> of(
      String kind, String schema, Reader<T> reader, Function<T, JsonNode> writer) {
    return new Form<>() {
      @Override
      public T read(JsonNode node, Place place, @Nullable T otherwise) {
        T value = reader.of(node);
        if (value == null) {
          throw place.wrong(kind, node);
        }
        return value;
      }

      @Override
      public JsonNode write(T value) {
        return writer.apply(value);
      }

      @Override
      public String kind() {
        return kind;
      }

      @Override
      public JsonNode schema() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        List<String> types = List.of(schema.split(" "));
        if (types.size() == 1) {
          return node.put("type", schema);
        }
        types.forEach(node.putArray("type")::add);
        return node;
      }
    };
  }

  private static @Nullable Integer count(JsonNode node) {
    Long whole = whole(node, Integer.SIZE - 1);
    return whole == null ? null : whole.intValue();
  }

  private static @Nullable Long whole(JsonNode node, int bits) {
    BigInteger value =
        node instanceof Plain plain && plain.isWhole()
            ? plain.whole()
            : node.isIntegralNumber() ? node.bigIntegerValue() : null;
    return value == null || value.bitLength() > bits ? null : value.longValue();
  }

  private static @Nullable Double number(JsonNode node) {
    double value =
        node instanceof Plain plain && plain.isDecimal()
            ? plain.decimal()
            : node.isNumber() ? node.doubleValue() : Double.NaN;
    return Double.isFinite(value) ? value : null;
  }

  private static @Nullable Double anyNumber(JsonNode node) {
    return switch (node.asText()) {
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> number(node);
    };
  }

  /** Whole numbers are written as such. */
  private static JsonNode of(double value) {
    if (Double.isNaN(value)) {
      return NullNode.getInstance();
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? LongNode.valueOf((long) value)
        : DoubleNode.valueOf(value);
  }

  static String text(JsonNode node, Place place) {
    return TEXT.read(node, place, null);
  }

  static boolean flag(JsonNode node, Place place) {
    return BOOLEAN.read(node, place, null);
  }

  private static @Nullable Boolean flag(JsonNode node) {
    if (node instanceof Plain plain) {
      return plain.isTrue() ? Boolean.TRUE : plain.isFalse() ? Boolean.FALSE : null;
    }
    return node.isBoolean() ? node.booleanValue() : null;
  }

  private static @Nullable Path path(JsonNode node) {
    try {
      return node.isTextual() ? Path.of(node.textValue()) : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static @Nullable String word(JsonNode node) {
    return node.isValueNode() && !node.isNull() ? node.asText() : null;
  }

  /** One of the constants of an enum, by its {@code toString} in small letters. */
  static <E extends Enum<E>> Form<E> ofEnum(Class<E> type) {
    List<E> constants = List.of(type.getEnumConstants());
    List<String> words = constants.stream().map(Scalars::word).toList();
    return new Form<>() {
      @Override
      public E read(JsonNode node, Place place, @Nullable E otherwise) {
        String word = TEXT.read(node, place, null);
        int index = words.indexOf(word);
        if (index < 0) {
          String key = place.key().replaceAll("\\[\\d+]$", "");
          throw place.parent().unknown(key, word, words);
        }
        return constants.get(index);
      }

      @Override
      public JsonNode write(E value) {
        return TextNode.valueOf(word(value));
      }

      @Override
      public String kind() {
        String last = words.get(words.size() - 1);
        return words.size() == 1
            ? last
            : String.join(", ", words.subList(0, words.size() - 1)) + " or " + last;
      }

      @Override
      public JsonNode schema() {
        var schema = JsonNodeFactory.instance.objectNode();
        words.forEach(schema.putArray("enum")::add);
        return schema;
      }
    };
  }

  private static String word(Enum<?> constant) {
    return constant.toString().toLowerCase(Locale.ROOT);
  }

  /** What a type reads from a text itself, by a static method {@code parse}. */
  static <T> Form<T> parsed(String kind, Function<String, T> parse) {
    return new Form<>() {
      @Override
      public T read(JsonNode node, Place place, @Nullable T otherwise) {
        try {
          return parse.apply(TEXT.read(node, place, null));
        } catch (IllegalArgumentException e) {
          throw place.parent().placed(e, List.of(place.key()));
        }
      }

      @Override
      public JsonNode write(T value) {
        return TextNode.valueOf(value.toString());
      }

      @Override
      public String kind() {
        return kind;
      }

      @Override
      public JsonNode schema() {
        return TEXT.schema();
      }
    };
  }
}
