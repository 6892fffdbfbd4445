package dev.mtlora.weights;

import dev.mtlora.backbone.Names;
import dev.mtlora.backbone.swin.RelativePositions;
import dev.mtlora.nn.KeyRules;
import dev.mtlora.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/**
 * What the models of a family have besides a pyramid, put beside its tensors so that the family's
 * default call, which is strict, loads the file: timm and Hugging Face have a last norm, which is
 * written as it starts (1 and 0), and Hugging Face before transformers 5 keeps the index of
 * relative positions of every block. What their models cannot hold is refused. The Swin authors'
 * code never loads strictly and computes the index itself.
 */
final class Completion {
  private static final String TABLE = "relative_position_bias_table";
  private static final String INDEX = "relative_position_index";
  private static final String PATCH_NORM = "patch_embed.norm.weight";
  private static final String POSITIONS = "absolute_pos_embed";

  private final KeyMap map;
  private final Names family;
  private final KeyRules rules;
  private final TensorSource given;
  private final Map<String, SafeTensors.Source> all;
  private final List<String> notes = new ArrayList<>();

  /**
   * Completes tensors.
   *
   * @param given under the names of the family
   * @throws CheckpointException if the family's models have no place for one, or need one that
   *     cannot be made
   */
  Completion(KeyMap map, Names family, TensorSource given) {
    this.map = map;
    this.family = family;
    this.rules = map.rules(family);
    this.given = given;
    this.all = new LinkedHashMap<>(given.sources());
    if (map == KeyMap.TIMM || map == KeyMap.HUGGING_FACE) {
      requirePlace();
      if (family.lastNorm()) {
        addNorm();
      }
    }
    if (map == KeyMap.HUGGING_FACE) {
      requireOneWindow();
      addIndices();
    }
  }

  /** All tensors. */
  TensorSource tensors() {
    return new MemorySource(given.file(), all, given.withoutTensors());
  }

  /** A sentence for every kind of tensor that was added. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  private void requirePlace() {
    if (rules.fromOurs(PATCH_NORM).filter(name -> !has(name)).isPresent()) {
      throw refused(
          "has no norm behind its patch embedding (model.patchNorm is false), but %s always has one");
    }
    if (map == KeyMap.TIMM && has(POSITIONS)) {
      throw refused(
          "has absolute positions (model.absolutePosition is true), but %s has no place for them");
    }
  }

  /** Hugging Face's models have one window in all stages, whatever the size of their grid. */
  private void requireOneWindow() {
    Set<Long> windows = new TreeSet<>();
    given
        .entries()
        .forEach(
            (name, entry) -> {
              if (name.endsWith(TABLE)) {
                windows.add(window(name, entry));
              }
            });
    if (windows.size() > 1) {
      throw refused(
          "has windows of "
              + windows
              + ", for in its last stages a window is as large as the grid, but %s has one window in"
              + " all: train with a larger model.image, or write it for original or timm");
    }
  }

  private long window(String name, SafeTensors.Entry table) {
    long rows = table.shape()[0];
    long window = SwinShape.window(rows);
    if (table.shape().length != 2 || (2 * window - 1) * (2 * window - 1) != rows) {
      throw new CheckpointException(
          given.file(),
          name,
          "is "
              + table
              + " but a table of relative positions has (2M-1)^2 rows for a window of M, and a column"
              + " per head");
    }
    return window;
  }

  private CheckpointException refused(String why) {
    return new CheckpointException(
        given.file(), String.format(Locale.ROOT, why, rules.title()) + "; nothing was written");
  }

  /** True if the file has it, with or without the prefix of models with a head. */
  private boolean has(String name) {
    return all.containsKey(name) || all.containsKey(rules.prefix() + name);
  }

  private void addNorm() {
    String own = rules.prefix();
    boolean prefixed = all.keySet().stream().anyMatch(n -> n.startsWith(own));
    String prefix = prefixed ? own : "";
    List<String> added = new ArrayList<>();
    SafeTensors.Entry like = widestNorm();
    add(added, prefix + theirs("norm.weight"), like, size -> filled(size, 1));
    add(added, prefix + theirs("norm.bias"), like, size -> filled(size, 0));
    if (!added.isEmpty()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "added %s as they start (1 and 0): %s has a last norm, a pyramid has none",
              String.join(" and ", added),
              rules.title()));
    }
  }

  private void add(
      List<String> added, String name, SafeTensors.Entry like, IntFunction<float[]> values) {
    if (!all.containsKey(name)) {
      float[] made = values.apply((int) like.shape()[0]);
      all.put(name, SafeTensors.Source.of(like.dtype(), made, like.shape()));
      added.add(name);
    }
  }

  private static float[] filled(int size, float value) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  private String theirs(String ours) {
    return rules.fromOurs(ours).orElseThrow();
  }

  /** A norm of the last stage, which has the most channels. */
  private SafeTensors.Entry widestNorm() {
    SafeTensors.Entry widest = null;
    for (Map.Entry<String, SafeTensors.Entry> tensor : given.entries().entrySet()) {
      SafeTensors.Entry entry = tensor.getValue();
      boolean ofBlock =
          rules.toOurs(tensor.getKey()).flatMap(name -> family.block().numbers(name)).isPresent();
      if (ofBlock
          && entry.shape().length == 1
          && (widest == null || entry.shape()[0] > widest.shape()[0])) {
        widest = entry;
      }
    }
    if (widest == null) {
      throw refused("holds no norms of blocks, so that it is no whole backbone, which %s needs");
    }
    return widest;
  }

  private void addIndices() {
    int blocks = 0;
    for (Map.Entry<String, SafeTensors.Entry> tensor : given.entries().entrySet()) {
      String name = tensor.getKey();
      if (name.endsWith(TABLE)) {
        int window = (int) window(name, tensor.getValue());
        long positions = (long) window * window;
        all.put(
            name.substring(0, name.length() - TABLE.length()) + INDEX,
            SafeTensors.Source.of(
                DType.I64, RelativePositions.index(window), positions, positions));
        blocks++;
      }
    }
    if (blocks == 0) {
      return;
    }
    notes.add(
        String.format(
            Locale.ROOT,
            "added %s of %d blocks: %s before transformers 5 keeps it in its files",
            INDEX,
            blocks,
            rules.title()));
  }
}
