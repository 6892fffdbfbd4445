package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.nn.Plug;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member of a plug as a block with its name and its settings, or as the name alone. What is not
 * given has the value that it has in the catalogue.
 *
 * @param plug what can be named
 * @param forms of the members
 * @param <T> the plug's interface
 */
record PlugForm<T>(Plug<T> plug, Forms forms) implements Block<T> {
  @Override
  public T read(JsonNode node, Place place, @Nullable T otherwise) {
    if (node.isTextual()) {
      node = JsonNodeFactory.instance.objectNode().set(plug.key(), node);
    }
    return Block.super.read(node, place, otherwise);
  }

  /** A member without settings is a word. */
  @Override
  public JsonNode write(T value) {
    JsonNode block = Block.super.write(value);
    return block.size() == 1 ? block.get(plug.key()) : block;
  }

  @Override
  public Set<String> keys(ObjectNode block) {
    Set<String> keys = new LinkedHashSet<>(List.of(plug.key()));
    JsonNode id = block.path(plug.key());
    String name = id.isTextual() ? id.textValue() : plug.usual();
    Plug.Member<T> member = plug.members().members().get(name);
    if (member != null) {
      keys.addAll(form(member).keys(block));
    } else {
      block.fieldNames().forEachRemaining(keys::add); // the name is refused before its keys
    }
    return keys;
  }

  @Override
  public T readKeys(ObjectNode block, Place place, @Nullable T otherwise) {
    Plug.Member<T> member = plug.members().of(name(block, place));
    return form(member).readKeys(block, place, member.usual());
  }

  private String name(ObjectNode block, Place place) {
    JsonNode id = block.path(plug.key());
    if (id.isMissingNode() || id.isNull()) {
      if (plug.usual().isEmpty()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s is missing: give one of %s",
                place.at(plug.key()).path(),
                String.join(", ", plug.members().ids())));
      }
      return plug.usual();
    }
    String name = Scalars.text(id, place.at(plug.key()));
    if (!plug.members().ids().contains(name)) {
      throw place.unknown(plug.key(), name, plug.members().ids());
    }
    return name;
  }

  private Block<T> form(Plug.Member<T> member) {
    return (Block<T>) forms.<T>of(member.type());
  }

  /** True if a block has a key that is a setting of some member. */
  boolean hasSetting(JsonNode block) {
    Set<String> settings = new LinkedHashSet<>();
    ObjectNode none = JsonNodeFactory.instance.objectNode();
    plug.members().members().values().forEach(member -> settings.addAll(form(member).keys(none)));
    return settings.stream().anyMatch(block::has);
  }

  /** The name of the member that it is, or differs least from. */
  String name(T value) {
    if (plug.members().members().values().stream().noneMatch(m -> m.type() == value.getClass())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s is no %s of the catalogue, so that it cannot be written: add it there",
              value.getClass().getName(),
              plug.members().noun()));
    }
    JsonNode written = settings(forms.of(value.getClass()), value);
    String nearest = "";
    int fewest = Integer.MAX_VALUE;
    for (Map.Entry<String, Plug.Member<T>> entry : plug.members().members().entrySet()) {
      Plug.Member<T> member = entry.getValue();
      if (member.type() == value.getClass()) {
        T usual = member.usual();
        int differences = usual == null ? 0 : differences(written, settings(form(member), usual));
        if (differences < fewest) {
          fewest = differences;
          nearest = entry.getKey();
        }
      }
    }
    return nearest;
  }

  private static <T> JsonNode settings(Form<T> form, T value) {
    return form.write(value);
  }

  private static int differences(JsonNode one, JsonNode other) {
    Set<String> keys = new LinkedHashSet<>();
    one.fieldNames().forEachRemaining(keys::add);
    other.fieldNames().forEachRemaining(keys::add);
    return (int) keys.stream().filter(key -> !one.path(key).equals(other.path(key))).count();
  }

  @Override
  public void writeKeys(ObjectNode block, T value, boolean top) {
    block.put(plug.key(), name(value));
    ((Block<T>) forms.<T>of(value.getClass())).writeKeys(block, value, top);
  }

  @Override
  public @Nullable T usual() {
    Plug.Member<T> member = plug.members().members().get(plug.usual());
    return member == null ? null : member.usual();
  }

  @Override
  public String kind() {
    return "one of " + String.join(", ", plug.members().ids());
  }

  @Override
  public void schema(ObjectNode properties, @Nullable T usual) {
    ObjectNode name = properties.putObject(plug.key()).put(RecordForm.KIND, kind());
    plug.members().ids().forEach(name.putArray("enum")::add);
    if (!plug.usual().isEmpty()) {
      name.put("default", plug.usual());
    }
    if (forms.enter(this)) { // a member may hold others
      try {
        List<Plug.Member<T>> members = new ArrayList<>(plug.members().members().values());
        members.sort(
            Comparator.comparing(member -> member.usual() == usual())); // its defaults last
        Map<String, Map<JsonNode, String>> values = new LinkedHashMap<>();
        members.forEach(member -> add(member, properties, values));
      } finally {
        forms.leave(this);
      }
    }
  }

  /**
   * The keys of a member; what is another value with another member is either.
   *
   * @param values what every key may be so far, and what it looks like
   */
  private void add(
      Plug.Member<T> member, ObjectNode properties, Map<String, Map<JsonNode, String>> values) {
    ObjectNode own = JsonNodeFactory.instance.objectNode();
    form(member).schema(own, member.usual());
    for (Map.Entry<String, JsonNode> key : own.properties()) {
      Map<JsonNode, String> all =
          values.computeIfAbsent(key.getKey(), name -> new LinkedHashMap<>());
      all.put(value(key.getValue()), key.getValue().path(RecordForm.KIND).asText());
      properties.set(key.getKey(), all.size() == 1 ? key.getValue() : either(all, key.getValue()));
    }
  }

  /** What a value may be, without what is said of it. */
  private static ObjectNode value(JsonNode schema) {
    ObjectNode value = schema.deepCopy();
    return value.remove(List.of(RecordForm.KIND, RecordForm.RECORD, "default"));
  }

  private static ObjectNode either(Map<JsonNode, String> values, JsonNode last) {
    ObjectNode either = Containers.anyOf(values.keySet().toArray(JsonNode[]::new));
    if (last.has(RecordForm.RECORD)) {
      either.set(RecordForm.RECORD, last.get(RecordForm.RECORD));
    }
    return either.put(RecordForm.KIND, String.join(", or ", values.values()));
  }

  /** A name, or the block of any of the classes with the names that stand for it. */
  @Override
  public JsonNode schema() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    ArrayNode either = schema.putArray("anyOf");
    plug.members().ids().forEach(either.addObject().putArray("enum")::add);
    if (forms.enter(this)) { // a member may hold others
      try {
        blocks(either);
      } finally {
        forms.leave(this);
      }
    }
    return schema;
  }

  private void blocks(ArrayNode either) {
    Map<Class<?>, ObjectNode> blocks = new LinkedHashMap<>();
    plug.members()
        .members()
        .forEach(
            (id, member) -> {
              ObjectNode properties =
                  blocks.computeIfAbsent(member.type(), type -> block(either.addObject(), member));
              ((ObjectNode) properties.get(plug.key())).withArray("enum").add(id);
            });
  }

  private ObjectNode block(ObjectNode schema, Plug.Member<T> member) {
    ObjectNode properties = schema.put("type", "object").putObject("properties");
    schema.put("additionalProperties", false);
    properties.putObject(plug.key());
    form(member).schema(properties, member.usual());
    properties.remove(RecordForm.REFERENCE);
    return properties;
  }
}
