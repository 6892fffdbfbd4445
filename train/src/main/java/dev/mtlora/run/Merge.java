package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the blocks of a file change those of its base: key by key, all the way down. A block with
 * another name than the base's (of a method, a kind of data, a backbone, an encoding) starts anew,
 * since settings of one are not those of another. {@code tasks} says which tasks there are, and of
 * each what differs.
 */
final class Merge {
  private static final String TASKS = "tasks";
  private static final List<String> NAMES = List.of("name", "kind", "backbone", "encoding");

  /** Blocks that mean something as a whole: numbers of classes, patterns whose order counts. */
  private static final List<String> WHOLE = List.of("classes", "ranks");

  /** Blocks that may be one word, their name. */
  private static final List<String> WORDS = List.of("balance", "decoder");

  /** What a block without a name is. */
  private static final Map<String, String> USUAL =
      Map.of("method", "mtlora", "data", "scenes", "model", "swin-tiny", "balance", "fixed");

  private Merge() {}

  /** Changes a block of the base. */
  static void into(ObjectNode base, ObjectNode own, String key) {
    boolean other = NAMES.stream().anyMatch(name -> differ(base, own, name, key));
    if (other || WHOLE.contains(key) || (key.equals("decoder") && isNamed(base) != isNamed(own))) {
      base.removeAll();
    }
    if (key.equals(TASKS)) {
      ObjectNode before = base.deepCopy();
      base.removeAll();
      own.fieldNames().forEachRemaining(task -> base.set(task, before.get(task)));
    }
    for (Map.Entry<String, JsonNode> entry : own.properties()) {
      JsonNode former = written(base, entry.getKey());
      if (entry.getValue() instanceof ObjectNode block && former instanceof ObjectNode below) {
        into(below, block, entry.getKey());
      } else if (!(key.equals(TASKS) && entry.getValue().isNull() && !former.isMissingNode())) {
        base.set(entry.getKey(), entry.getValue());
      }
    }
  }

  private static boolean isNamed(ObjectNode block) {
    return block.hasNonNull("name");
  }

  /** The value of a key; a word that stands for a block with a name is written out. */
  private static JsonNode written(ObjectNode base, String key) {
    JsonNode value = base.path(key);
    if (WORDS.contains(key) && value.isTextual()) {
      base.putObject(key).set("name", value);
    }
    return base.path(key);
  }

  /** Scores of tasks that there are no more say nothing. */
  static void forgetScores(ObjectNode tree) {
    if (tree.get("singleTask") instanceof ObjectNode scores
        && tree.get(TASKS) instanceof ObjectNode tasks) {
      List<String> strange = new ArrayList<>();
      scores.fieldNames().forEachRemaining(strange::add);
      strange.removeIf(tasks::has);
      scores.remove(strange);
    }
  }

  private static boolean differ(ObjectNode base, ObjectNode own, String name, String key) {
    String usual = USUAL.getOrDefault(key, "");
    return own.hasNonNull(name) && !own.get(name).asText().equals(base.path(name).asText(usual));
  }
}
