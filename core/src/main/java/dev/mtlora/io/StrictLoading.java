package dev.mtlora.io;

import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Copies named tensors of a file over those of a model: all of them, or none and one report of all
 * that does not fit.
 */
final class StrictLoading {
  /** Names listed per kind of trouble; the rest is counted. */
  private static final int LISTED = 8;

  private final String source;
  private final Map<String, Tensor> given;
  private final UnaryOperator<String> otherName;
  private final Predicate<String> mayBeAbsent;

  /** Everything must be there, under its own name. */
  StrictLoading(String source, Map<String, Tensor> given) {
    this(source, given, name -> name, name -> false);
  }

  private StrictLoading(
      String source,
      Map<String, Tensor> given,
      UnaryOperator<String> otherName,
      Predicate<String> mayBeAbsent) {
    this.source = source;
    this.given = given;
    this.otherName = otherName;
    this.mayBeAbsent = mayBeAbsent;
  }

  /** With a second name under which the file may hold a tensor of the model. */
  StrictLoading renamed(UnaryOperator<String> name) {
    return new StrictLoading(source, given, name, mayBeAbsent);
  }

  /** With tensors of the model that keep their values where the file lacks them. */
  StrictLoading absent(Predicate<String> names) {
    return new StrictLoading(source, given, otherName, names);
  }

  /**
   * Copies.
   *
   * @throws CheckpointException if a tensor is missing, unexpected or of another shape
   */
  void into(Map<String, Tensor> targets) {
    Set<String> unexpected = new TreeSet<>(given.keySet());
    unexpected.removeIf(StrictLoading::isDerived);
    List<String> missing = new ArrayList<>();
    List<String> misshaped = new ArrayList<>();
    Map<Tensor, Tensor> copies = new LinkedHashMap<>();
    targets.forEach(
        (name, target) -> {
          String key = given.containsKey(name) ? name : otherName.apply(name);
          Tensor value = given.get(key);
          unexpected.remove(key);
          if (value == null) {
            if (!mayBeAbsent.test(name)) {
              missing.add(name);
            }
          } else if (!Arrays.equals(value.shape(), target.shape())) {
            misshaped.add(
                "%s is %s but must be %s"
                    .formatted(
                        key, Arrays.toString(value.shape()), Arrays.toString(target.shape())));
          } else {
            copies.put(target, value);
          }
        });
    report(missing, List.copyOf(unexpected), misshaped);
    copies.forEach(Tensor::assignInPlace);
  }

  /** Tensors of published files that are functions of the architecture, which we compute. */
  private static boolean isDerived(String name) {
    return name.endsWith("relative_position_index") || name.endsWith("attn_mask");
  }

  private void report(List<String> missing, List<String> unexpected, List<String> misshaped) {
    String report =
        part("missing", missing) + part("unexpected", unexpected) + part("mis-shaped", misshaped);
    if (!report.isEmpty()) {
      throw new CheckpointException(
          source
              + " does not fit the model"
              + report
              + "\nIt comes from another architecture, method, rank or set of tasks: use the"
              + " configuration it was made with.");
    }
  }

  private static String part(String kind, List<String> names) {
    if (names.isEmpty()) {
      return "";
    }
    String more =
        names.size() > LISTED ? "\n  ... and %d more".formatted(names.size() - LISTED) : "";
    return "\n%d %s:\n  %s%s"
        .formatted(
            names.size(),
            kind,
            String.join("\n  ", names.subList(0, Math.min(LISTED, names.size()))),
            more);
  }
}
