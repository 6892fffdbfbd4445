package dev.mtlora.backbone;

import dev.mtlora.nn.KeyRule;
import dev.mtlora.nn.KeyRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What files call the tensors of a family of backbones, as data; {@code weights} applies it. Our
 * own names are those of the family's authors.
 *
 * @param family its name, for messages
 * @param first our name of a tensor that every file of the family has: where it is, there is a
 *     model
 * @param mark names in files of any kind that no other family has which calls its first tensor so
 * @param block our name of a weight, {@code [C, ...]}, that every block has; its numbers are stage
 *     and block
 * @param inBlock what each block has besides, as {@code block}: what is missing is named
 * @param between what each stage but the last ends in, by the stage's number
 * @param lastNorm true if the models of others end in {@code norm} of the last stage's width, which
 *     a pyramid does not have
 * @param original names in the authors' files
 * @param timm names in timm's files
 * @param huggingFace names in those of transformers
 */
public record Names(
    String family,
    String first,
    Pattern mark,
    KeyRule block,
    List<KeyRule> inBlock,
    List<KeyRule> between,
    boolean lastNorm,
    KeyRules original,
    KeyRules timm,
    KeyRules huggingFace) {
  /** Keeps a copy. */
  public Names {
    inBlock = List.copyOf(inBlock);
    between = List.copyOf(between);
  }

  /** A rule for a name that is the same for us and for the authors. */
  public static KeyRule rule(String name) {
    return new KeyRule(name, name);
  }

  /**
   * The shape of a backbone.
   *
   * @param widths channels of each stage
   * @param depths blocks of each stage
   */
  public record Shape(List<Long> widths, List<Integer> depths) {
    /** Keeps copies. */
    public Shape {
      widths = List.copyOf(widths);
      depths = List.copyOf(depths);
    }

    @Override
    public String toString() {
      return "widths " + widths + ", depths " + depths;
    }
  }

  /** The shape of the backbone whose tensors these are, by our names. */
  public Shape shape(Map<String, long[]> shapes) {
    TreeMap<Integer, Integer> depths = depths(shapes.keySet());
    TreeMap<Integer, Long> widths = new TreeMap<>();
    depths.keySet().forEach(stage -> widths.put(stage, 0L));
    shapes.forEach(
        (name, shape) ->
            block
                .numbers(name)
                .ifPresent(at -> widths.put(at.get(0), shape.length == 0 ? 0 : shape[0])));
    return new Shape(List.copyOf(widths.values()), List.copyOf(depths.values()));
  }

  /** Tensors that a backbone with the blocks of these has too, but that are not among them. */
  public List<String> missing(Set<String> names) {
    TreeMap<Integer, Integer> depths = depths(names);
    List<String> missing = new ArrayList<>();
    if (!names.contains(first)) {
      missing.add(first);
    }
    depths.forEach(
        (stage, depth) -> {
          for (int b = 0; b < Math.max(1, depth); b++) {
            add(missing, names, block.named(stage, b));
            for (KeyRule rule : inBlock) {
              add(missing, names, rule.named(stage, b));
            }
          }
          if (stage < depths.lastKey()) {
            between.forEach(rule -> add(missing, names, rule.named(stage)));
          }
        });
    return missing;
  }

  /** Blocks of every stage from the first; a stage with something behind it has one after it. */
  private TreeMap<Integer, Integer> depths(Set<String> names) {
    TreeMap<Integer, Integer> depths = new TreeMap<>();
    for (String name : names) {
      Stream.concat(Stream.of(block), inBlock.stream())
          .flatMap(rule -> rule.numbers(name).stream())
          .forEach(at -> depths.merge(at.get(0), at.get(1) + 1, Math::max));
      between.stream()
          .flatMap(rule -> rule.numbers(name).stream())
          .forEach(at -> depths.merge(at.get(0) + 1, 0, Math::max));
    }
    int stages = depths.isEmpty() ? 1 : depths.lastKey() + 1;
    for (int s = 0; s < stages; s++) {
      depths.putIfAbsent(s, 0);
    }
    return depths;
  }

  private static void add(List<String> missing, Set<String> names, String name) {
    if (!names.contains(name)) {
      missing.add(name);
    }
  }
}
