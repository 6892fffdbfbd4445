package dev.mtlora.nn;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The names that one kind of files has for the tensors of a backbone, as data: a closed list of
 * what they are called, and what files may hold besides. A name that neither knows is a stranger,
 * and nobody guesses what it may be.
 *
 * @param title whose names they are, for messages: "timm Swin"
 * @param prefix what models with something on top of the backbone put before all names; may be
 *     empty
 * @param names read by the first that fits, and written by the first that fits
 * @param joints tensors of ours that lie apart in these files
 * @param beside what belongs to no backbone and is left out
 */
public record KeyRules(
    String title, String prefix, List<KeyRule> names, List<Joint> joints, List<Beside> beside) {
  /** Follows from the shape and is never stored by us. */
  public static final List<Beside> DERIVED =
      List.of(
          new Beside(
              ".*(relative_position_index|attn_mask|relative_coords_table)",
              "follows from the window and is computed"));

  /** Keeps copies. */
  public KeyRules {
    names = List.copyOf(names);
    joints = List.copyOf(joints);
    beside = List.copyOf(beside);
  }

  /** The names of files that call everything as we do. */
  public static KeyRules same(String title, List<String> names, List<Beside> beside) {
    List<KeyRule> rules = names.stream().map(name -> new KeyRule(name, name)).toList();
    return new KeyRules(title, "", rules, List.of(), beside);
  }

  /**
   * Tensors that files may hold beside a backbone.
   *
   * @param names of all of them
   * @param reason why they are left out, after "each"
   */
  public record Beside(Pattern names, String reason) {
    /** Those whose whole name matches. */
    public Beside(String names, String reason) {
      this(Pattern.compile(names), reason);
    }
  }

  /**
   * A layer of ours whose weight and bias are those of several layers of theirs, one under the
   * other: {@code attn.qkv} of {@code attn.query}, {@code attn.key} and {@code attn.value}.
   *
   * @param whole the end of our layer's name
   * @param parts the ends of the parts' names, as {@link KeyRules#names} has them on our side
   */
  public record Joint(String whole, List<String> parts) {
    private static final Set<String> OF_LAYERS = Set.of("weight", "bias");

    /** Keeps a copy. */
    public Joint {
      parts = List.copyOf(parts);
    }

    private Optional<Part> part(String name) {
      return IntStream.range(0, parts.size())
          .filter(i -> end(name, parts.get(i)) >= 0)
          .mapToObj(i -> new Part(replaced(name, parts.get(i), whole), i, this))
          .findFirst();
    }

    private Optional<List<String>> apart(String name) {
      return end(name, whole) < 0
          ? Optional.empty()
          : Optional.of(parts.stream().map(part -> replaced(name, whole, part)).toList());
    }

    /** Where the layer's name begins in that of a weight or bias; -1 if it is another's. */
    private static int end(String name, String layer) {
      int dot = name.lastIndexOf('.');
      boolean its =
          dot > 0
              && OF_LAYERS.contains(name.substring(dot + 1))
              && name.substring(0, dot).endsWith("." + layer);
      return its ? dot - layer.length() : -1;
    }

    private static String replaced(String name, String layer, String by) {
      int start = end(name, layer);
      return name.substring(0, start) + by + name.substring(start + layer.length());
    }
  }

  /**
   * A part of a tensor of ours.
   *
   * @param whole our name of the tensor
   * @param index which part, from 0
   * @param joint that says what the others are
   */
  public record Part(String whole, int index, Joint joint) {}

  /** Our name of a tensor with a name of theirs, which may have their prefix. */
  public Optional<String> toOurs(String theirs) {
    boolean prefixed = !prefix.isEmpty() && theirs.startsWith(prefix);
    String name = prefixed ? theirs.substring(prefix.length()) : theirs;
    return names.stream().flatMap(rule -> rule.toOurs(name).stream()).findFirst();
  }

  /** Their name of a tensor with a name of ours, without prefix. */
  public Optional<String> fromOurs(String ours) {
    return names.stream().flatMap(rule -> rule.fromOurs(ours).stream()).findFirst();
  }

  /** What a tensor is a part of, by our name of the part. */
  public Optional<Part> part(String ours) {
    return joints.stream().flatMap(joint -> joint.part(ours).stream()).findFirst();
  }

  /** The parts of a tensor of ours that lie apart in these files. */
  public Optional<List<String>> apart(String ours) {
    return joints.stream().flatMap(joint -> joint.apart(ours).stream()).findFirst();
  }

  /** Why a tensor is left out, if it is one that files may hold besides. */
  public Optional<String> leftOut(String theirs) {
    return Stream.concat(DERIVED.stream(), beside.stream())
        .filter(one -> one.names().matcher(theirs).matches())
        .map(Beside::reason)
        .findFirst();
  }
}
