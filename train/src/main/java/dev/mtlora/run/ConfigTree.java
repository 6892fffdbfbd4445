package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mtlora.files.Printable;
import dev.mtlora.run.yaml.YamlText;
import dev.mtlora.spec.WeightsSource;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
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
  static ObjectNode resolve(String text, Path folder, List<String> overrides) {
    ObjectNode tree = resolveKept(text, folder, overrides);
    ShapeOfWeights.writeOut(tree);
    return tree;
  }

  /** The same of a text that a run has kept: its shape is that of the run, not of its weights. */
  static ObjectNode resolveKept(String text, Path folder, List<String> overrides) {
    return finished(withBase(block(text), folder, 0), overrides);
  }

  /** The tree of a base alone, to be changed. */
  static ObjectNode ofBase(String base, Path folder) {
    return base(TextNode.valueOf(base), folder, 0);
  }

  /**
   * The tree that changes make of another.
   *
   * @param base a resolved tree, which stays as it is
   * @param changes as {@code --set} would make them: a block replaces a block
   * @param folder what paths in the changes are relative to
   */
  static ObjectNode changed(ObjectNode base, ObjectNode changes, Path folder, List<String> more) {
    ObjectNode tree = base.deepCopy();
    changes.properties().forEach(change -> set(tree, change.getKey(), change.getValue()));
    ObjectNode changed = finished(located(tree, folder), more);
    ShapeOfWeights.writeOut(changed);
    return changed;
  }

  private static ObjectNode finished(ObjectNode tree, List<String> overrides) {
    override(tree, overrides);
    dataBlocks(tree).values().forEach(data -> rootOfFolder(data, Path.of("")));
    requireKinds(tree.path("data").path("sources"));
    NamedClasses.writeOut(tree);
    return tree;
  }

  /** A source among several does not become scenes by itself. */
  private static void requireKinds(JsonNode sources) {
    for (int i = 0; sources.isArray() && i < sources.size(); i++) {
      if (sources.get(i).isObject() && !sources.get(i).hasNonNull("kind")) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "data.sources[%d].kind is missing: give one of %s",
                i,
                String.join(", ", Datasets.ids())));
      }
    }
  }

  /**
   * The tree that a stranger's text and overrides make; only the overrides say where files lie.
   *
   * @throws IllegalArgumentException also if a file is needed that they don't name
   */
  static ObjectNode resolveRecipe(String text, List<String> overrides) {
    ObjectNode tree = block(text);
    writeOut(tree);
    Recipe recipe = new Recipe(tree);
    override(tree, overrides);
    recipe.requireWhole();
    NamedClasses.writeOut(tree);
    return tree;
  }

  private static ObjectNode block(String text) {
    JsonNode tree = YamlText.read(text);
    if (!(tree instanceof ObjectNode block)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the file must be a block of keys and values but is: %s",
              Printable.of(tree.toString())));
    }
    return block;
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

  /** The tree of a file: its own keys, merged into those of its {@code base} if it names one. */
  private static ObjectNode withBase(ObjectNode own, Path folder, int depth) {
    JsonNode base = own.remove(BASE);
    ObjectNode tree = own;
    if (base != null && !base.isNull()) {
      tree = base(base, folder, depth);
      writeOut(own);
      for (Map.Entry<String, JsonNode> entry : own.properties()) {
        merge(tree, entry.getKey(), entry.getValue());
      }
      if (!own.has("singleTask")) {
        Merge.forgetScores(tree);
      }
    }
    return located(tree, folder);
  }

  private static void merge(ObjectNode tree, String key, JsonNode value) {
    if (value instanceof ObjectNode block && tree.get(key) instanceof ObjectNode base) {
      Merge.into(base, block, key);
    } else {
      set(tree, key, value);
    }
  }

  private static ObjectNode located(ObjectNode tree, Path folder) {
    writeOut(tree);
    absolutePaths(tree, folder);
    if (tree.get("data") instanceof ObjectNode data) {
      rootOfFolder(data, folder);
    }
    return tree;
  }

  private static ObjectNode base(JsonNode base, Path folder, int depth) {
    if (base instanceof ObjectNode block) {
      return withBase(block.deepCopy(), folder, depth + 1);
    }
    if (!base.isTextual()) {
      throw new IllegalArgumentException(
          "base must be a file, the name of a shipped configuration or a block but is: " + base);
    }
    Path file = folder.resolve(base.textValue()).normalize();
    if (depth >= DEEPEST) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "base: %s has more than %d bases behind it; do two files name each other?",
              file,
              DEEPEST));
    }
    if (!Files.exists(file)) {
      String shipped = Shipped.text(base.textValue()).orElseThrow(() -> noBase(file));
      return withBase(block(shipped), Path.of(""), depth + 1);
    }
    try {
      Path parent = Objects.requireNonNull(file.toAbsolutePath().getParent());
      return withBase(block(ConfigText.of(file)), parent, depth + 1);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(
          message.startsWith(BASE + ":")
              ? message
              : String.format(Locale.ROOT, "base: %s: %s", file, message),
          e);
    }
  }

  private static IllegalArgumentException noBase(Path file) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "base: %s does not exist, and no configuration of that name is shipped; the name of a file"
                + " is relative to the file that names it",
            file));
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
    if (tree.path("data").path("sources") instanceof ObjectNode one) { // a list of one
      ((ObjectNode) tree.get("data")).putArray("sources").add(one);
    }
    if (tree.get("singleTask") instanceof ObjectNode scores) { // without a value: absent
      scores.properties().removeIf(score -> score.getValue().isNull());
    }
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
      try {
        block.put(key, folder.toAbsolutePath().resolve(value.textValue()).normalize().toString());
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "%s must be a path but is: %s", key, value), e);
      }
    }
  }
}
