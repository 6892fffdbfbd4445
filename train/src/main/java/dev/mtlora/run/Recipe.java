package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.spec.bind.Plain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * The configuration in the description of an adapter, without what it says of where files lie.
 * Adapters are handed around: whoever made this one decides what model it needs and how its labels
 * are written, but not what is read or written on this machine. That says the user, by {@code
 * --set}.
 *
 * <p>Folders of data and caches are taken out without a word: data is only needed to evaluate, and
 * a cache never. What has a default that would be wrong must be named by the user instead.
 */
final class Recipe {
  private final ObjectNode tree;
  private final List<Removed> removed = new ArrayList<>();

  /** A value that the user must name, while the block that it was in is still there. */
  private record Removed(String pointer, ObjectNode block, String key, String what) {}

  /**
   * Takes the paths out of a recipe.
   *
   * @param tree of the recipe, with all blocks written out; changed
   * @throws IllegalArgumentException if it is not a whole configuration
   */
  Recipe(ObjectNode tree) {
    this.tree = tree;
    if (tree.has(ConfigTree.BASE)) {
      throw new IllegalArgumentException(
          "the recipe names a base, and no file is read because a recipe says so; a recipe is whole:"
              + " get the adapter anew from whoever trained it");
    }
    removeWeights();
    ConfigTree.dataBlocks(tree).forEach(this::removePaths);
  }

  private void removeWeights() {
    if (tree.get("model") instanceof ObjectNode model
        && WeightsSource.parse(model.path("weights").asText("none"))
            instanceof WeightsSource.File file) {
      String name = String.valueOf(file.path().getFileName()).replaceAll("\\p{Cntrl}", "?");
      remove("/model", model, "weights", "is '" + name + "' where it was trained");
    }
  }

  private void removePaths(String pointer, ObjectNode data) {
    data.remove(List.of("root", "cache"));
    for (String key : List.of("images", "train", "val", "test")) {
      removeOutside(pointer, data, key);
    }
    if (data.get("folders") instanceof ObjectNode folders) {
      for (String key : List.of("train", "val", "test")) {
        removeOutside(pointer + "/folders", folders, key);
      }
    }
    for (Map.Entry<String, JsonNode> entry : data.path("labels").properties()) {
      if (entry.getValue() instanceof ObjectNode label) {
        String at = pointer + "/labels/" + entry.getKey();
        removeOutside(at, label, "folder");
        removeOutside(at, label, "annotations");
        if (Plain.isWord(label.path("classes"))) {
          remove(at, label, "classes", "names a file");
        }
      }
    }
  }

  /** Lists and folders below the folder of the data are the user's own. */
  private void removeOutside(String pointer, ObjectNode block, String key) {
    JsonNode value = block.path(key);
    List<JsonNode> names = new ArrayList<>(value.isArray() ? List.of() : List.of(value));
    value.elements().forEachRemaining(names::add);
    if (names.stream().anyMatch(Recipe::isOutside)) {
      remove(pointer, block, key, "lies outside of the folder of the data");
    }
  }

  /** A name may stand for several where it has a star, and a part of it lead upwards. */
  private static boolean isOutside(JsonNode name) {
    if (!name.isTextual()) {
      return false;
    }
    Path path = Path.of(name.textValue());
    boolean up = StreamSupport.stream(path.spliterator(), false).anyMatch(Path.of("..")::equals);
    return path.getRoot() != null || up;
  }

  private void remove(String pointer, ObjectNode block, String key, String what) {
    block.remove(key);
    removed.add(new Removed(pointer, block, key, what));
  }

  /**
   * Fails if something is missing that the user has not named.
   *
   * @throws IllegalArgumentException saying what to name
   */
  void requireWhole() {
    for (Removed one : removed) {
      if (tree.at(one.pointer).equals(one.block) && !one.block.hasNonNull(one.key)) {
        String path = (one.pointer.substring(1) + "/" + one.key).replace('/', '.');
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s %s, and no file is read because the recipe of an adapter says so: name yours with"
                    + " --set %s=FILE",
                path,
                one.what,
                path));
      }
    }
  }
}
