package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.nn.Plug;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some members of a catalogue, each at most once, as a block with the settings of each under its
 * name, in order.
 *
 * @param plug its form, of which the names are asked
 * @param members what can be named
 * @param forms of the members
 * @param <T> the interface of the members
 */
record ById<T>(PlugForm<T> plug, Catalogue<Plug.Member<T>> members, Forms forms)
    implements Form<List<T>> {
  @Override
  public List<T> read(JsonNode node, Place place, @Nullable List<T> otherwise) {
    ObjectNode block = Block.block(node, place);
    List<T> values = new ArrayList<>();
    block
        .properties()
        .forEach(
            field -> {
              Plug.Member<T> member = members.members().get(field.getKey());
              if (member == null) {
                throw place.unknown("key", field.getKey(), members.ids());
              }
              JsonNode own =
                  field.getValue().isNull()
                      ? JsonNodeFactory.instance.objectNode()
                      : field.getValue();
              values.add(form(member).read(own, place.at(field.getKey()), member.usual()));
            });
    return values;
  }

  private Form<T> form(Plug.Member<T> member) {
    return forms.of(member.type());
  }

  @Override
  public JsonNode write(List<T> value) {
    ObjectNode block = JsonNodeFactory.instance.objectNode();
    value.forEach(one -> block.set(plug.name(one), forms.<T>of(one.getClass()).write(one)));
    return block;
  }

  @Override
  public List<T> usual() {
    return List.of();
  }

  @Override
  public String kind() {
    return "a block with one or more of " + String.join(", ", members.ids());
  }

  @Override
  public JsonNode schema() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    members
        .members()
        .forEach(
            (id, member) ->
                properties
                    .putObject(id)
                    .putArray("anyOf")
                    .add(schema(form(member)))
                    .addObject()
                    .put("type", "null"));
    return schema.put("additionalProperties", false);
  }

  private static JsonNode schema(Form<?> form) {
    JsonNode schema = form.schema();
    ((ObjectNode) schema.get("properties")).remove(RecordForm.REFERENCE);
    return schema;
  }
}
