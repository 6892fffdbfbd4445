package dev.mtlora.io;

import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies named tensors of a file over those of a model: all of them, or none and one report of all
 * that does not fit.
 */
final class StrictLoading {
  /** Names listed per kind of trouble; the rest is counted. */
  private static final int LISTED = 8;

  private final String source;
  private final Map<String, Given> given;
  private final UnaryOperator<String> otherName;
  private final Predicate<String> mayBeAbsent;
  private final @Nullable TableResize resize;

  /** A value of the file, read when all is known to fit. */
  private record Given(long[] shape, Supplier<Tensor> value) {
    Given resized(String name, long[] to, TableResize tables) {
      return new Given(to, () -> PositionResize.apply(name, value.get(), to, tables));
    }
  }

  /** Everything must be there, under its own name. */
  StrictLoading(String source, Map<String, Tensor> given) {
    this(source, inMemory(given), name -> name, name -> false, null);
  }

  /** The same of a file, of which only what the model needs is read. */
  StrictLoading(TensorSource source) {
    this(source.file().toString(), inFile(source), name -> name, name -> false, null);
  }

  private static Map<String, Given> inMemory(Map<String, Tensor> tensors) {
    Map<String, Given> given = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> given.put(name, new Given(tensor.shape(), () -> tensor)));
    return given;
  }

  private static Map<String, Given> inFile(TensorSource source) {
    Map<String, Given> given = new LinkedHashMap<>();
    source
        .entries()
        .forEach(
            (name, entry) ->
                given.put(name, new Given(entry.shape(), () -> TensorFile.read(source, name))));
    return given;
  }

  private StrictLoading(
      String source,
      Map<String, Given> given,
      UnaryOperator<String> otherName,
      Predicate<String> mayBeAbsent,
      @Nullable TableResize resize) {
    this.source = source;
    this.given = given;
    this.otherName = otherName;
    this.mayBeAbsent = mayBeAbsent;
    this.resize = resize;
  }

  /** With a second name under which the file may hold a tensor of the model. */
  StrictLoading renamed(UnaryOperator<String> name) {
    return new StrictLoading(source, given, name, mayBeAbsent, resize);
  }

  /** With tensors of the model that keep their values where the file lacks them. */
  StrictLoading absent(Predicate<String> names) {
    return new StrictLoading(source, given, otherName, names, resize);
  }

  /** With {@link PositionResize}d tables of positions where the model has others. */
  StrictLoading resizingPositions(TableResize tables) {
    return new StrictLoading(source, given, otherName, mayBeAbsent, tables);
  }

  private static boolean fits(long[] shape, long @Nullable [] largest) {
    return largest != null
        && largest.length == shape.length
        && IntStream.range(0, shape.length).allMatch(i -> shape[i] <= largest[i]);
  }

  private static void assign(Tensor target, Tensor value) {
    if (!Arrays.equals(value.shape(), target.shape())) {
      target.zeroInPlace(value.shape());
    }
    target.assignInPlace(value);
  }

  /**
   * Copies.
   *
   * @throws CheckpointException if a tensor is missing, unexpected or of another shape
   */
  void into(Map<String, Tensor> targets) {
    into(targets, Map.of());
  }

  /**
   * Copies; some tensors take the shapes that the file has.
   *
   * @param shrinking these, and the largest shape of each
   * @throws CheckpointException if a tensor is missing, unexpected or of another shape
   */
  void into(Map<String, Tensor> targets, Map<Tensor, long[]> shrinking) {
    Set<String> unexpected = new TreeSet<>(given.keySet());
    List<String> missing = new ArrayList<>();
    List<String> misshaped = new ArrayList<>();
    Map<Tensor, Given> copies = new LinkedHashMap<>();
    targets.forEach(
        (name, target) -> {
          String key = given.containsKey(name) ? name : otherName.apply(name);
          Given value = given.get(key);
          unexpected.remove(key);
          if (value == null) {
            if (!mayBeAbsent.test(name)) {
              missing.add(name);
            }
          } else if (resize != null && PositionResize.fits(name, value.shape(), target.shape())) {
            copies.put(target, value.resized(name, target.shape(), resize));
          } else if (!Arrays.equals(value.shape(), target.shape())
              && !fits(value.shape(), shrinking.get(target))) {
            misshaped.add(
                String.format(
                    Locale.ROOT,
                    "%s is %s but must be %s",
                    key,
                    Arrays.toString(value.shape()),
                    Arrays.toString(target.shape())));
          } else {
            copies.put(target, value);
          }
        });
    report(missing, List.copyOf(unexpected), misshaped);
    Map<Tensor, Tensor> values = new LinkedHashMap<>();
    copies.forEach((target, value) -> values.put(target, value.value().get()));
    values.forEach(StrictLoading::assign);
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
        names.size() > LISTED
            ? String.format(Locale.ROOT, "\n  ... and %d more", names.size() - LISTED)
            : "";
    return String.format(
        Locale.ROOT,
        "\n%d %s:\n  %s%s",
        names.size(),
        kind,
        String.join("\n  ", names.subList(0, Math.min(LISTED, names.size()))),
        more);
  }
}
