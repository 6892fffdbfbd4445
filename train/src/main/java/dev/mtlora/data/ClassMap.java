package dev.mtlora.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.files.DataException;
import dev.mtlora.task.Colour;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The classes in a file: a list of names with numbers and colours, as COCO writes its categories,
 * {@code [{"id": 7, "name": "road", "color": [128, 64, 128]}]}, or names as {@link ClassNames}
 * reads them.
 */
public final class ClassMap {
  private static final int MOST = 65_536;

  private ClassMap() {}

  /**
   * One line of the list; several may have one name.
   *
   * @param id number in labels
   * @param name of the class
   * @param colour in labels, if it has one
   */
  public record Entry(int id, String name, Optional<Colour> colour) {}

  /**
   * The list in a file; empty if the file is a block of names instead.
   *
   * @throws DataException if the file is missing, too large or says anything else; names it
   */
  public static List<Entry> read(Path file) {
    JsonNode tree = ClassNames.tree(file);
    List<Entry> entries = new ArrayList<>();
    if (!tree.isArray()) {
      return entries;
    }
    if (tree.isEmpty() || tree.size() > MOST) {
      throw wrong(file, "lists " + tree.size() + " classes");
    }
    tree.forEach(node -> entries.add(entry(file, node)));
    return entries;
  }

  private static Entry entry(Path file, JsonNode node) {
    JsonNode id = node.path("id");
    JsonNode name = node.path("name");
    if (!id.canConvertToInt() || !id.isIntegralNumber() || id.intValue() < 0) {
      throw wrong(file, "has the entry " + shortened(node) + " without a number id from 0 on");
    }
    if (!name.isTextual() || name.textValue().isBlank()) {
      throw wrong(file, "has the entry " + shortened(node) + " without a name");
    }
    JsonNode colour = node.has("colour") ? node.get("colour") : node.path("color");
    return new Entry(id.intValue(), name.textValue(), colour(file, node, colour));
  }

  private static Optional<Colour> colour(Path file, JsonNode entry, JsonNode colour) {
    if (colour.isMissingNode()) {
      return Optional.empty();
    }
    if (colour.isTextual()) {
      try {
        return Optional.of(Colour.parse(colour.textValue()));
      } catch (IllegalArgumentException e) {
        throw new DataException(file + ": " + e.getMessage(), e);
      }
    }
    int rgb = 0;
    for (int i = 0; i < 3; i++) {
      JsonNode part = colour.path(i);
      if (colour.size() != 3 || !part.isInt() || part.intValue() < 0 || part.intValue() > 255) {
        throw wrong(file, "has the entry " + shortened(entry) + " with a colour that is none");
      }
      rgb = rgb << 8 | part.intValue();
    }
    return Optional.of(new Colour(rgb));
  }

  private static String shortened(JsonNode node) {
    String text = node.toString();
    return text.length() > 100 ? text.substring(0, 100) + " ..." : text;
  }

  private static DataException wrong(Path file, String what) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s %s; expected is [{\"id\": 7, \"name\": \"road\", \"color\": [128, 64, 128]}, ...]",
            file,
            what));
  }
}
