package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mtlora.image.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A picture's height and width as a list of the two, or the side of a square alone.
 *
 * @param side the form of each
 */
record SizeForm(Form<Integer> side) implements Form<Size> {
  @Override
  public Size read(JsonNode node, Place place, @Nullable Size otherwise) {
    try {
      if (!node.isArray()) {
        return Size.square(side.read(node, place, null));
      }
      List<Integer> sides = Containers.elements(node, place, side);
      if (sides.size() != 2) {
        throw place.wrong(kind(), node);
      }
      return new Size(sides.get(0), sides.get(1));
    } catch (IllegalArgumentException e) {
      throw place.parent().placed(e, List.of(place.key()));
    }
  }

  @Override
  public JsonNode write(Size value) {
    return value.isSquare()
        ? IntNode.valueOf(value.height())
        : JsonNodeFactory.instance.arrayNode().add(value.height()).add(value.width());
  }

  @Override
  public String kind() {
    return "a whole number, or a list of height and width";
  }

  @Override
  public JsonNode schema() {
    return Containers.anyOf(side.schema(), Containers.array(side.schema()));
  }
}
