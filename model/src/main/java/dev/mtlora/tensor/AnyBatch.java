package dev.mtlora.tensor;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes one computation for any number of pictures of what was recorded for two and for three: a
 * number that is another in each must be a multiple of the number of pictures.
 */
final class AnyBatch {
  private static final long TWO = 2;
  private static final long THREE = 3;

  private final Map<Integer, Graph.Constant> constants;
  private final Map<Integer, Graph.Value> ofTwo = new HashMap<>(); // by the id that it has there
  private final Map<Integer, Integer> pairs = new HashMap<>(); // from ids of two to those of three
  private final Map<Integer, Graph.Constant> known = new LinkedHashMap<>();
  private final Map<List<Integer>, Graph.Value> expanded = new HashMap<>(); // by both ids
  private final List<Graph.Step> steps = new ArrayList<>();
  private int ids;

  private AnyBatch(Graph two, Graph three) {
    constants =
        Stream.concat(two.constants().stream(), three.constants().stream())
            .distinct()
            .collect(Collectors.toMap(c -> c.value().id(), Function.identity(), (a, b) -> a));
    ids = Math.max(last(two), last(three));
  }

  /** The largest id of a computation. */
  private static int last(Graph graph) {
    return Stream.of(
            graph.inputs().values().stream(),
            graph.constants().stream().map(Graph.Constant::value),
            graph.steps().stream().map(Graph.Step::result))
        .flatMap(Function.identity())
        .mapToInt(Graph.Value::id)
        .max()
        .orElse(0);
  }

  /**
   * The computation.
   *
   * @throws RecordingException if something grows in another way, naming the operation
   */
  static Graph of(Graph two, Graph three) {
    AnyBatch any = new AnyBatch(two, three);
    Map<String, Graph.Value> inputs = new LinkedHashMap<>();
    two.inputs()
        .forEach(
            (name, value) ->
                inputs.put(name, any.pair(value, requireNonNull(three.inputs().get(name)), name)));
    if (two.steps().size() != three.steps().size()) {
      throw new RecordingException(
          String.format(
              Locale.ROOT,
              "the model does %d operations for two pictures and %d for three: export it for a fixed"
                  + " number of pictures (--batch)",
              two.steps().size(),
              three.steps().size()));
    }
    for (int i = 0; i < two.steps().size(); i++) {
      any.add(two.steps().get(i), three.steps().get(i));
    }
    Map<String, Graph.Value> outputs = new LinkedHashMap<>();
    two.outputs()
        .forEach(
            (name, value) -> {
              Graph.Value found = any.ofTwo.get(value.id());
              if (found == null) {
                throw differs(name, value, requireNonNull(three.outputs().get(name)));
              }
              outputs.put(name, found);
            });
    return new Graph(inputs, List.copyOf(any.known.values()), any.steps, outputs).tidy();
  }

  private void add(Graph.Step a, Graph.Step b) {
    boolean alike =
        a.op().equals(b.op())
            && a.real().equals(b.real())
            && a.whole().size() == b.whole().size()
            && a.operands().size() == b.operands().size();
    if (!alike) {
      throw differs("operation " + steps.size(), a, b);
    }
    List<Graph.Side> whole = sides(a.whole(), b.whole(), a, b);
    List<Graph.Value> operands = new ArrayList<>();
    for (int i = 0; i < a.operands().size(); i++) {
      operands.add(operand(a.operands().get(i), b.operands().get(i), a, b));
    }
    Graph.Value result = pair(a.result(), b.result(), a);
    steps.add(new Graph.Step(a.op(), whole, a.real(), operands, result));
  }

  private Graph.Value operand(Graph.Value a, Graph.Value b, Graph.Step two, Graph.Step three) {
    Graph.Constant constant = constants.get(a.id());
    if (constant == null) {
      Graph.Value value = ofTwo.get(a.id());
      if (value == null || !Integer.valueOf(b.id()).equals(pairs.get(a.id()))) {
        throw differs("what is read", two, three);
      }
      return value;
    }
    Graph.Constant other = constants.get(b.id());
    if (other == null) {
      throw differs("what is read", two, three);
    }
    if (constant.equals(other)) {
      known.put(a.id(), constant);
      return a;
    }
    return repeated(constant, other, two, three);
  }

  /** A constant that repeats itself along the side that grows: it is kept once, and expanded. */
  private Graph.Value repeated(
      Graph.Constant a, Graph.Constant b, Graph.Step two, Graph.Step three) {
    List<Integer> both = List.of(a.value().id(), b.value().id());
    Graph.Value before = expanded.get(both);
    if (before != null) {
      return before;
    }
    List<Graph.Side> whole = sides(a.value().shape(), b.value().shape(), two, three);
    Graph.Value value = new Graph.Value(++ids, a.value().dtype(), whole);
    List<Integer> growing =
        IntStream.range(0, value.rank())
            .filter(i -> value.shape().get(i).perPicture())
            .boxed()
            .toList();
    ByteBuffer once = growing.size() == 1 ? once(a, growing.get(0)) : null;
    if (once == null || !once.equals(once(b, growing.get(0)))) {
      throw differs("a constant", two, three);
    }
    List<Graph.Side> shape = new ArrayList<>(value.shape());
    shape.set(growing.get(0), Graph.Side.of(1));
    Graph.Value single = new Graph.Value(++ids, value.dtype(), shape);
    String name = a.name() + "_once_" + single.id();
    known.put(single.id(), new Graph.Constant(single, name, once));
    steps.add(new Graph.Step("expand", value.shape(), List.of(), List.of(single), value));
    expanded.put(both, value);
    return value;
  }

  /** The one slice that a constant repeats along a dimension; none if slices differ. */
  private static @Nullable ByteBuffer once(Graph.Constant constant, int dimension) {
    List<Graph.Side> shape = constant.value().shape();
    int count = Math.toIntExact(shape.get(dimension).number());
    long inner = constant.value().dtype().bytes();
    for (Graph.Side side : shape.subList(dimension + 1, shape.size())) {
      inner *= side.number();
    }
    int length = Math.toIntExact(inner);
    ByteBuffer bytes = constant.bytes();
    ByteBuffer once = ByteBuffer.allocate(bytes.remaining() / count).order(bytes.order());
    for (int at = 0; at < bytes.remaining(); at += length) {
      ByteBuffer slice = bytes.slice(at, length);
      if (at / length % count == 0) {
        once.put(slice);
      } else if (!slice.equals(bytes.slice(at - length, length))) {
        return null;
      }
    }
    return once.flip();
  }

  private Graph.Value pair(Graph.Value a, Graph.Value b, Object what) {
    Graph.Value value = new Graph.Value(a.id(), a.dtype(), sides(a.shape(), b.shape(), what, what));
    ofTwo.put(a.id(), value);
    pairs.put(a.id(), b.id());
    return value;
  }

  private static List<Graph.Side> sides(
      List<Graph.Side> two, List<Graph.Side> three, Object a, Object b) {
    if (two.size() != three.size()) {
      throw differs("the rank", a, b);
    }
    List<Graph.Side> sides = new ArrayList<>();
    for (int i = 0; i < two.size(); i++) {
      long ofTwo = two.get(i).number();
      long ofThree = three.get(i).number();
      if (ofTwo == ofThree) {
        sides.add(Graph.Side.of(ofTwo));
      } else if (ofTwo % TWO == 0 && ofTwo * THREE == ofThree * TWO) {
        sides.add(new Graph.Side(ofTwo / TWO, true));
      } else {
        throw differs("a number, " + ofTwo + " and " + ofThree + ",", a, b);
      }
    }
    return sides;
  }

  private static RecordingException differs(String what, Object a, Object b) {
    return new RecordingException(
        String.format(
            Locale.ROOT,
            "%s does not grow with the number of pictures: %s for two, %s for three; export it for a"
                + " fixed number of pictures (--batch)",
            what,
            a,
            b));
  }
}
