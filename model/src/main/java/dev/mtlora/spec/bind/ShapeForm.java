package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A sealed interface of records with one component each, told apart by the shape of what is there:
 * a block, a list, a number or a word.
 *
 * @param <T> the interface
 */
final class ShapeForm<T> implements Form<T> {
  private final List<Shape<T>> shapes = new ArrayList<>();

  /** One of the records, and its component. */
  private record Shape<T>(
      RecordForm<T> record, Class<?> type, boolean hasNumbers, Form<Object> form, String key) {
    boolean fits(JsonNode node) {
      if (node.isObject()) {
        return type == Map.class;
      }
      if (node.isArray()) {
        return type == List.class;
      }
      boolean number =
          node.isNumber()
              || (node instanceof Plain plain
                  && (plain.isWhole() || (hasNumbers && plain.isDecimal())));
      boolean counts = type == int.class || type == List.class;
      return number == counts && type != Map.class;
    }
  }

  @SuppressWarnings("unchecked")
  ShapeForm(Class<T> type, Forms forms) {
    for (Class<?> one : type.getPermittedSubclasses()) {
      RecordComponent component = one.getRecordComponents()[0];
      Type generic = component.getGenericType();
      Class<?> raw = (Class<?>) (generic instanceof ParameterizedType p ? p.getRawType() : generic);
      shapes.add(
          new Shape<>(
              (RecordForm<T>) forms.<T>of(one),
              raw,
              generic instanceof ParameterizedType p
                  && p.getActualTypeArguments()[0] == Double.class,
              forms.of(generic),
              component.getName()));
    }
  }

  @Override
  public T read(JsonNode node, Place place, @Nullable T otherwise) {
    for (Shape<T> shape : shapes) {
      if (shape.fits(node)) {
        Object value = shape.form().read(node, place, null);
        return shape.record().made(new Object[] {value}, place);
      }
    }
    throw place.wrong(kind(), node);
  }

  @Override
  public JsonNode write(T value) {
    ObjectNode block = JsonNodeFactory.instance.objectNode();
    for (Shape<T> shape : shapes) {
      if (shape.record().type() == value.getClass()) {
        shape.record().writeKeys(block, value, false);
        return block.path(shape.key());
      }
    }
    throw new IllegalStateException("no shape of " + value.getClass());
  }

  @Override
  public String kind() {
    return shapes.stream().map(shape -> shape.form().kind()).collect(Collectors.joining(", or "));
  }

  @Override
  public JsonNode schema() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    var either = schema.putArray("anyOf");
    shapes.forEach(shape -> either.add(shape.form().schema()));
    return schema;
  }
}
