package dev.mtlora.weights;

import static java.util.stream.Collectors.joining;

import dev.mtlora.files.Printable;
import dev.mtlora.spec.TableResize;
import dev.mtlora.tensor.DType;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies named tensors of a file over those of a model: all of them, or none and one report of all
 * that does not fit. Floats of one type fit floats of another, and so do integers; what is not
 * finite fits nothing.
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
  private record Given(SafeTensors.Entry entry, Supplier<Tensor> value) {
    long[] shape() {
      return entry.shape();
    }

    Given resized(String name, long[] to, TableResize tables) {
      return new Given(
          new SafeTensors.Entry(entry.dtype(), to),
          () -> PositionResize.apply(name, value.get(), to, tables));
    }

    /** Why its values cannot be those of a tensor; empty if they can. */
    String misfit(DType target) {
      if (!entry.isReadable()) {
        return entry.unreadable();
      }
      DType dtype = entry.dtype();
      boolean integers = isInteger(dtype) && isInteger(target);
      return dtype == target || dtype.isFloat() && target.isFloat() || integers
          ? ""
          : String.format(Locale.ROOT, "is %s but must hold %s", entry, target);
    }

    private static boolean isInteger(DType dtype) {
      return !dtype.isFloat() && dtype != DType.BOOL;
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
    tensors.forEach(
        (name, tensor) ->
            given.put(
                name,
                new Given(new SafeTensors.Entry(tensor.dtype(), tensor.shape()), () -> tensor)));
    return given;
  }

  private static Map<String, Given> inFile(TensorSource source) {
    Map<String, Given> given = new LinkedHashMap<>();
    source
        .entries()
        .forEach(
            (name, entry) ->
                given.put(name, new Given(entry, () -> TensorFile.read(source, name))));
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
   * @throws CheckpointException if a tensor is missing, unexpected, of another shape or type, or
   *     not finite
   */
  void into(Map<String, Tensor> targets) {
    into(targets, Map.of());
  }

  /**
   * Copies; some tensors take the shapes that the file has.
   *
   * @param shrinking these, and the largest shape of each
   * @throws CheckpointException if a tensor is missing, unexpected, of another shape or type, or
   *     not finite
   */
  void into(Map<String, Tensor> targets, Map<Tensor, long[]> shrinking) {
    Set<String> unexpected = new TreeSet<>(given.keySet());
    List<String> missing = new ArrayList<>();
    List<String> misshaped = new ArrayList<>();
    List<String> mistyped = new ArrayList<>();
    Map<String, Copy> copies = new LinkedHashMap<>();
    targets.forEach(
        (name, target) -> {
          String key = given.containsKey(name) ? name : otherName.apply(name);
          Given value = given.get(key);
          unexpected.remove(key);
          if (value == null) {
            if (!mayBeAbsent.test(name)) {
              missing.add(name);
            }
          } else if (!value.misfit(target.dtype()).isEmpty()) {
            mistyped.add(key + " " + value.misfit(target.dtype()));
          } else if (resize != null && PositionResize.fits(name, value.shape(), target.shape())) {
            copies.put(key, new Copy(target, value.resized(name, target.shape(), resize)));
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
            copies.put(key, new Copy(target, value));
          }
        });
    report(targets, missing, List.copyOf(unexpected), misshaped);
    reportTypes(mistyped);
    Map<Tensor, Tensor> values = finite(copies);
    values.forEach(StrictLoading::assign);
  }

  /** Where a value of the file goes. */
  private record Copy(Tensor target, Given value) {}

  /** All values, as their targets will hold them. */
  private Map<Tensor, Tensor> finite(Map<String, Copy> copies) {
    Map<Tensor, Tensor> values = new LinkedHashMap<>();
    List<String> notFinite = new ArrayList<>();
    copies.forEach(
        (key, copy) -> {
          Tensor value = copy.value().value().get().to(copy.target().dtype());
          values.put(copy.target(), value);
          if (value.dtype().isFloat() && !value.isAllFinite()) {
            notFinite.add(key);
          }
        });
    if (!notFinite.isEmpty()) {
      throw new CheckpointException(
          source
              + " holds infinite values or NaN"
              + part("not finite", notFinite)
              + "\nThe training that made it has gone wrong, or it is damaged: take an earlier"
              + " checkpoint (best, last-STEP), or another copy.");
    }
    return values;
  }

  private void report(
      Map<String, Tensor> targets,
      List<String> missing,
      List<String> unexpected,
      List<String> misshaped) {
    String report =
        part("missing", missing) + part("unexpected", unexpected) + part("mis-shaped", misshaped);
    if (!report.isEmpty()) {
      List<String> all =
          Stream.of(missing, unexpected, misshaped).flatMap(List::stream).sorted().toList();
      throw new CheckpointException(
          Printable.of(source) + " does not fit the model" + report + "\n" + cure(targets, all));
    }
  }

  private void reportTypes(List<String> mistyped) {
    if (!mistyped.isEmpty()) {
      throw new CheckpointException(
          source
              + " holds values of another type than the model"
              + part("of another type", mistyped)
              + "\nIt was damaged or changed after it was written: take another copy.");
    }
  }

  /** What to change: the shape of the backbone where it is another, or else all that differs. */
  private String cure(Map<String, Tensor> targets, List<String> names) {
    Map<String, long[]> here = new LinkedHashMap<>();
    Map<String, long[]> there = new LinkedHashMap<>();
    targets.forEach((name, tensor) -> here.put(name, tensor.shape()));
    given.forEach((name, value) -> there.put(name, value.shape()));
    return Families.difference(here, there)
        .orElseGet(
            () -> {
              Set<String> parts = new TreeSet<>();
              names.forEach(name -> parts.add(settings(name)));
              return "What differs is set by "
                  + String.join(", and by ", parts)
                  + ": use the configuration that the file was made with.";
            });
  }

  private static String settings(String name) {
    if (AddedNames.isAdded(name)) {
      return "method (its name, forms and ranks)";
    }
    return name.startsWith("decoders.") || name.startsWith("downsampler.")
        ? "tasks (their names and classes) and model.decoder and neck"
        : "model (the backbone)";
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
        names.stream().limit(LISTED).map(Printable::of).collect(joining("\n  ")),
        more);
  }
}
