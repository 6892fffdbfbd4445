package dev.mtlora.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Listens to the operations of this thread while it is open, and keeps those that depend on what
 * the computation is given; everything else becomes constants.
 *
 * <pre>{@code
 * try (Scope scope = Scope.inference();
 *     Recording recording = Recording.of(Map.of("images", images), new Constants())) {
 *   Graph graph = recording.end(model.forward(images, tasks));
 * }
 * }</pre>
 *
 * <p>A tensor is known by its Java object. A form that is chosen by how much there is to do would
 * make a recording for few pictures differ from one for many: who chooses asks {@link #isOpen}.
 */
public final class Recording implements AutoCloseable {
  private static final ThreadLocal<@Nullable Recording> OPEN = new ThreadLocal<>();

  private final IdentityHashMap<Tensor, Graph.Value> values = new IdentityHashMap<>();
  private final Map<String, Graph.Value> inputs = new LinkedHashMap<>();
  private final IdentityHashMap<Tensor, Graph.Value> expanded = new IdentityHashMap<>();
  private final List<Graph.Step> steps = new ArrayList<>();
  private final Constants constants;
  private boolean within; // an operation that is heard as one

  private Recording(Constants constants) {
    this.constants = constants;
  }

  /**
   * Starts on this thread.
   *
   * @param inputs what the computation is given, by name
   * @param constants where to put what it knows; of several recordings of one model, the same
   * @throws IllegalStateException if one is open already
   */
  public static Recording of(Map<String, Tensor> inputs, Constants constants) {
    if (isOpen()) {
      throw new IllegalStateException("this thread is recorded already");
    }
    Recording recording = new Recording(constants);
    inputs.forEach((name, tensor) -> recording.inputs.put(name, recording.make(tensor)));
    OPEN.set(recording);
    return recording;
  }

  /** True while this thread is recorded. */
  public static boolean isOpen() {
    return OPEN.get() != null;
  }

  /**
   * What was recorded.
   *
   * @param outputs what the computation gives, by name
   * @throws IllegalArgumentException if one does not depend on an input
   */
  public Graph end(Map<String, Tensor> outputs) {
    Map<String, Graph.Value> given = new LinkedHashMap<>();
    outputs.forEach(
        (name, tensor) -> {
          Graph.Value value = values.get(tensor);
          if (value == null) {
            throw new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "'%s' does not depend on %s: nothing was recorded of it",
                    name,
                    inputs.keySet()));
          }
          given.put(name, value);
        });
    return new Graph(inputs, constants.all(), steps, given);
  }

  /** Ends the recording on this thread. */
  @Override
  public void close() {
    OPEN.remove();
  }

  // --- what tensors tell ------------------------------------------------------------------------

  static void heard(Op op, Tensor result, @Nullable Tensor... operands) {
    Recording recording = OPEN.get();
    if (recording != null && !recording.within) {
      recording.add(op, result, operands);
    }
  }

  /** Does something of several operations that is heard as one. */
  static Tensor as(Op op, Supplier<Tensor> work, @Nullable Tensor... operands) {
    Recording recording = OPEN.get();
    if (recording == null || recording.within) {
      return work.get();
    }
    recording.within = true;
    try {
      Tensor result = work.get();
      recording.add(op, result, operands);
      return result;
    } finally {
      recording.within = false;
    }
  }

  /** Fails if the values of a tensor depend on the input: other pictures would have others. */
  static void requireKnown(Tensor tensor, String what) {
    Recording recording = OPEN.get();
    if (recording != null && !recording.within && recording.values.containsKey(tensor)) {
      throw new RecordingException(
          String.format(
              Locale.ROOT,
              "%s of %s cannot be recorded, since it depends on the pictures",
              what,
              tensor));
    }
  }

  private void add(Op op, Tensor result, @Nullable Tensor... operands) {
    if (Stream.of(operands).noneMatch(values::containsKey)) {
      return;
    }
    Tensor first = operands[0];
    if (first != null && isSame(op, result, first)) {
      Graph.Value same = values.get(first);
      values.put(result, same == null ? constant(first) : same);
      return;
    }
    List<Graph.Value> read = new ArrayList<>();
    for (Tensor operand : operands) {
      if (operand != null) { // those that may be left out come last
        Graph.Value known = values.get(operand);
        read.add(known == null ? constant(operand) : known);
      }
    }
    Op plain = plain(op, result, operands);
    steps.add(
        new Graph.Step(
            plain.name(),
            LongStream.of(plain.whole()).mapToObj(Graph.Side::of).toList(),
            DoubleStream.of(plain.real()).boxed().toList(),
            read,
            make(result)));
  }

  /** What does not depend on the input; of one that repeats itself, once and then expanded. */
  private Graph.Value constant(Tensor tensor) {
    Tensor once = Constants.once(tensor);
    if (once == tensor) {
      return constants.of(tensor);
    }
    Graph.Value known = expanded.get(tensor);
    if (known == null) {
      known = constants.value(tensor);
      expanded.put(tensor, known);
      List<Graph.Value> read = List.of(constants.of(once));
      steps.add(new Graph.Step("expand", known.shape(), List.of(), read, known));
    }
    return known;
  }

  private Graph.Value make(Tensor tensor) {
    Graph.Value value = constants.value(tensor);
    values.put(tensor, value);
    return value;
  }

  /** True for an operation that changes neither values nor shape: where they lie, or nothing. */
  private static boolean isSame(Op op, Tensor result, Tensor operand) {
    return switch (op.name()) {
      case "contiguous",
          "detach",
          "copy",
          "to",
          "toDevice",
          "view",
          "reshape",
          "expand",
          "narrow" ->
          result.dtype() == operand.dtype() && Arrays.equals(result.shape(), operand.shape());
      default -> false;
    };
  }

  /** An operation in its one form: dimensions counted from the front, shapes without -1. */
  private static Op plain(Op op, Tensor result, @Nullable Tensor... operands) {
    Tensor x = operands[0];
    int rank = x == null ? 0 : x.rank();
    long[] whole = op.whole();
    return switch (op.name()) {
      case "view", "reshape", "squeeze", "unsqueeze" -> Op.of("reshape", result.shape());
      case "expand" -> Op.of("expand", result.shape());
      case "permute" -> Op.of("permute", LongStream.of(whole).map(d -> front(d, rank)).toArray());
      case "transpose" ->
          Op.of("permute", swapped(rank, front(whole[0], rank), front(whole[1], rank)));
      case "narrow", "select" -> {
        long[] plain = whole.clone();
        plain[0] = front(whole[0], rank);
        if (x != null && plain[1] < 0) {
          plain[1] += x.size((int) plain[0]);
        }
        yield Op.of(op.name(), plain);
      }
      case "indexSelect", "gather", "cat", "argmax", "logSoftmax" ->
          Op.of(op.name(), front(whole[0], rank));
      case "stack" -> Op.of("stack", front(whole[0], rank + 1));
      case "roll" ->
          Op.of("roll", whole[0], whole[1], front(whole[2], rank), front(whole[3], rank));
      case "sum", "mean", "norm" -> {
        long[] plain = LongStream.of(whole).map(d -> front(d, rank)).toArray();
        if (whole.length > 0) {
          plain[0] = whole[0]; // whether dimensions are kept
        }
        yield Op.of(op.name(), plain);
      }
      default -> op;
    };
  }

  private static long front(long dimension, int rank) {
    return dimension < 0 ? dimension + rank : dimension;
  }

  private static long[] swapped(int rank, long a, long b) {
    long[] order = LongStream.range(0, rank).toArray();
    order[(int) a] = b;
    order[(int) b] = a;
    return order;
  }
}
