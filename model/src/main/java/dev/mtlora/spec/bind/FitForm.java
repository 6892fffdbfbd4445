package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mtlora.image.Fit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How pictures come to a model: a word, or a block with the length of the shorter side.
 *
 * @param side the form of a length
 */
record FitForm(Form<Integer> side) implements Form<Fit> {
  private static final String SHORT = "short";
  private static final List<Fit> WORDS = List.of(new Fit.Squash(), new Fit.Letterbox());

  @Override
  public Fit read(JsonNode node, Place place, @Nullable Fit otherwise) {
    if (node instanceof ObjectNode block) {
      for (String key : (Iterable<String>) block::fieldNames) {
        if (!key.equals(SHORT)) {
          throw place.unknown("key", key, List.of(SHORT));
        }
      }
      try {
        return new Fit.ShortSide(side.read(block.path(SHORT), place.at(SHORT), null));
      } catch (IllegalArgumentException e) {
        throw place.placed(e, List.of(SHORT));
      }
    }
    String word = Scalars.text(node, place);
    return WORDS.stream()
        .filter(fit -> fit.toString().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                place
                    .parent()
                    .unknown(place.key(), word, WORDS.stream().map(Fit::toString).toList()));
  }

  @Override
  public JsonNode write(Fit value) {
    return value instanceof Fit.ShortSide own
        ? JsonNodeFactory.instance.objectNode().put(SHORT, own.side())
        : TextNode.valueOf(value.toString());
  }

  @Override
  public String kind() {
    return "squash, letterbox, or {short: 448}, the shorter side in pixels";
  }

  @Override
  public JsonNode schema() {
    ObjectNode words = JsonNodeFactory.instance.objectNode();
    WORDS.forEach(fit -> words.withArray("enum").add(fit.toString()));
    ObjectNode block = JsonNodeFactory.instance.objectNode().put("type", "object");
    block.putObject("properties").set(SHORT, side.schema());
    return Containers.anyOf(words, block.put("additionalProperties", false));
  }
}
