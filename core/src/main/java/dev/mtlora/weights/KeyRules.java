package dev.mtlora.weights;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The names of a family of files, as data: a closed list of what the tensors of a backbone and of a
 * classifier are called, and what its files may hold besides. A name that neither knows is a
 * stranger, and nobody guesses what it may be.
 *
 * @param names read by the first that fits, and written by the first that fits
 * @param beside what belongs to no backbone and is left out
 */
record KeyRules(List<KeyRule> names, List<Beside> beside) {
  /** Follows from the shape and is never stored by us. */
  static final List<Beside> DERIVED =
      List.of(
          new Beside(
              ".*(relative_position_index|attn_mask)", "follows from the window and is computed"));

  /**
   * Tensors that files may hold beside a backbone.
   *
   * @param names of all of them
   * @param reason why they are left out, after "each"
   */
  record Beside(Pattern names, String reason) {
    Beside(String names, String reason) {
      this(Pattern.compile(names), reason);
    }
  }

  /** Our name of a tensor with a name of theirs. */
  Optional<String> toOurs(String theirs) {
    return names.stream().flatMap(rule -> rule.toOurs(theirs).stream()).findFirst();
  }

  /** Their name of a tensor with a name of ours. */
  Optional<String> fromOurs(String ours) {
    return names.stream().flatMap(rule -> rule.fromOurs(ours).stream()).findFirst();
  }

  /** Why a tensor is left out, if it is one that files may hold besides. */
  Optional<String> leftOut(String theirs) {
    return Stream.concat(DERIVED.stream(), beside.stream())
        .filter(one -> one.names().matcher(theirs).matches())
        .map(Beside::reason)
        .findFirst();
  }
}
