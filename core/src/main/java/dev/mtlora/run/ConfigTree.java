package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.data.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A configuration before it is read: the file's tree with overrides applied, blocks that were given
 * as one word written out, paths made absolute and files of class names read, so that a copy of it
 * means the same anywhere.
 */
final class ConfigTree {
  /** Blocks that may be one word, and the key that the word is for. */
  private static final Map<String, String> WORD_KEYS =
      Map.of("model", "backbone", "method", "name", "data", "kind");

  /** Keys of {@code --set} that need no block. */
  private static final Map<String, String> SHORTCUTS = Map.of("batch", "train.batch");

  /** The key that names what a configuration builds on. */
  static final String BASE = "base";

  private static final int DEEPEST = 8;

  private ConfigTree() {}

  /**
   * The tree that a text and overrides make.
   *
   * @param folder what paths in the text are relative to; those in overrides are relative to the
   *     current folder
   * @param overrides {@code key.path=value} each, the value being YAML
   */
  static JsonNode resolve(String text, Path folder, List<String> overrides) {
    ObjectNode tree = resolveKept(text, folder, overrides);
    ShapeOfWeights.writeOut(tree);
    return tree;
  }

  /** The same of a text that a run has kept: its shape is that of the run, not of its weights. */
  static ObjectNode resolveKept(String text, Path folder, List<String> overrides) {
    ObjectNode tree = withBase(text, folder, 0);
    override(tree, overrides);
    dataBlocks(tree).values().forEach(data -> rootOfFolder(data, Path.of("")));
    NamedClasses.writeOut(tree);
    return tree;
  }

  /**
   * The tree that a stranger's text and overrides make; only the overrides say where files lie.
   *
   * @throws IllegalArgumentException also if a file is needed that they don't name
   */
  static JsonNode resolveRecipe(String text, List<String> overrides) {
    ObjectNode tree = (ObjectNode) new YamlBlock(YamlText.read(text), "").node();
    writeOut(tree);
    Recipe recipe = new Recipe(tree);
    override(tree, overrides);
    recipe.requireWhole();
    NamedClasses.writeOut(tree);
    return tree;
  }

  private static void override(ObjectNode tree, List<String> overrides) {
    for (String override : overrides) {
      int equals = override.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "--set needs key.path=value but got '%s'", override));
      }
      set(tree, override.substring(0, equals).strip(), override.substring(equals + 1));
      writeOut(tree);
      absolutePaths(tree, Path.of(""));
    }
  }

  /**
   * The tree of a text. Where it has a {@code base}, another file or a block, its own keys change
   * that one's tree as {@code --set} would: {@code train.epochs: 5} one value, {@code train: {...}}
   * the block.
   */
  private static ObjectNode withBase(String text, Path folder, int depth) {
    ObjectNode own = (ObjectNode) new YamlBlock(YamlText.read(text), "").node();
    JsonNode base = own.remove(BASE);
    ObjectNode tree = own;
    if (base != null && !base.isNull()) {
      tree =
          base.isObject()
              ? withBase(base.toString(), folder, depth + 1)
              : base(folder.resolve(YamlBlock.asText(base, BASE)).normalize(), depth);
      for (String key : new YamlBlock(own, "").keys()) {
        set(tree, key, own.get(key));
      }
    }
    writeOut(tree);
    absolutePaths(tree, folder);
    if (tree.get("data") instanceof ObjectNode data) {
      rootOfFolder(data, folder);
    }
    return tree;
  }

  private static ObjectNode base(Path file, int depth) {
    if (depth == DEEPEST) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "base: %s has more than %d bases behind it; do two files name each other?",
              file,
              DEEPEST));
    }
    try {
      Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
      return withBase(Files.readString(file), folder, depth + 1);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "base: %s does not exist; the name is relative to the file that names it",
              file),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "base: %s could not be read: %s", file, e), e);
    }
  }

  private static void set(ObjectNode tree, String path, String value) {
    set(tree, path, value.isBlank() ? JsonNodeFactory.instance.nullNode() : YamlText.read(value));
  }

  private static void set(ObjectNode tree, String path, JsonNode value) {
    List<String> keys = List.of(SHORTCUTS.getOrDefault(path, path).split("\\.", -1));
    ObjectNode block = tree;
    for (String key : keys.subList(0, keys.size() - 1)) {
      JsonNode next = block.get(key);
      if (next != null && !next.isObject() && !next.isNull()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s: '%s' has the value %s, no keys below it", path, key, next));
      }
      block = next instanceof ObjectNode object ? object : block.putObject(key);
    }
    block.set(keys.get(keys.size() - 1), value);
  }

  private static void writeOut(ObjectNode tree) {
    WORD_KEYS.forEach(
        (block, key) -> {
          JsonNode value = tree.get(block);
          if (value != null && value.isTextual()) {
            tree.putObject(block).set(key, value);
          }
        });
  }

  /** Pictures in folders lie beside the file that describes them, unless it says where. */
  private static void rootOfFolder(ObjectNode data, Path folder) {
    if (data.path("kind").asText().equals("folder") && !data.hasNonNull("root")) {
      data.put("root", "");
      absolute(data, "root", folder);
    }
  }

  /** The block of the data and those of its sources, by JSON pointer. */
  static Map<String, ObjectNode> dataBlocks(ObjectNode tree) {
    Map<String, ObjectNode> blocks = new LinkedHashMap<>();
    if (tree.get("data") instanceof ObjectNode data) {
      blocks.put("/data", data);
      JsonNode sources = data.path("sources");
      for (int i = 0; i < sources.size(); i++) {
        if (sources.get(i) instanceof ObjectNode source) {
          blocks.put("/data/sources/" + i, source);
        }
      }
    }
    return blocks;
  }

  private static void absolutePaths(ObjectNode tree, Path folder) {
    for (ObjectNode data : dataBlocks(tree).values()) {
      absolute(data, "root", folder);
      absolute(data, "cache", folder);
    }
    if (tree.get("model") instanceof ObjectNode model
        && WeightsSource.parse(model.path("weights").asText("none"))
            instanceof WeightsSource.File) {
      absolute(model, "weights", folder);
    }
  }

  private static void absolute(ObjectNode block, String key, Path folder) {
    JsonNode value = block.get(key);
    if (value != null && value.isTextual()) {
      block.put(key, folder.toAbsolutePath().resolve(value.textValue()).normalize().toString());
    }
  }
}
