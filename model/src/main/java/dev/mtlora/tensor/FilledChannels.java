package dev.mtlora.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills up the channels of a recorded computation's convolutions as {@link OneDnn} does those of a
 * model: once for their weights, and in the computation for what they read.
 */
final class FilledChannels {
  private static final int GROUPS = 3; // the last number of a conv2d

  private final Map<Integer, Graph.Constant> constants = new HashMap<>();
  private final List<Graph.Constant> known;
  private final List<Graph.Step> steps = new ArrayList<>();
  private int ids;

  private FilledChannels(Graph graph) {
    known = new ArrayList<>(graph.constants());
    known.forEach(constant -> constants.put(constant.value().id(), constant));
    for (Graph.Step step : graph.steps()) {
      ids = Math.max(ids, step.result().id());
      step.operands().forEach(operand -> ids = Math.max(ids, operand.id()));
    }
  }

  /** The computation, right where convolutions whose blocks are not whole are not. */
  static Graph of(Graph graph) {
    FilledChannels filled = new FilledChannels(graph);
    for (Graph.Step step : graph.steps()) {
      int out = step.op().equals("conv2d") ? 0 : step.op().equals("convTranspose2d") ? 1 : -1;
      if (out >= 0 && !OneDnn.isWhole(shape(step.operands().get(1)), out)) {
        filled.add(step, out);
      } else {
        filled.steps.add(step);
      }
    }
    return new Graph(graph.inputs(), filled.known, filled.steps, graph.outputs()).tidy();
  }

  private static long[] shape(Graph.Value value) {
    return value.shape().stream().mapToLong(Graph.Side::number).toArray();
  }

  private void add(Graph.Step step, int out) {
    Graph.Value x = step.operands().get(0);
    Graph.Value weight = step.operands().get(1);
    boolean alone = weight.fixed(1 - out) < x.fixed(1);
    long inputs = OneDnn.whole(x.fixed(1), alone ? 0 : OneDnn.UNBLOCKED);
    long outputs = OneDnn.whole(weight.fixed(out), 0);
    List<Graph.Value> operands = new ArrayList<>();
    operands.add(step("fill", x, 1, inputs, inputs - x.fixed(1)));
    long others = OneDnn.whole(weight.fixed(1 - out), OneDnn.UNBLOCKED);
    operands.add(filled(filled(weight, out, outputs), 1 - out, others));
    if (step.operands().size() > 2) {
      operands.add(filled(step.operands().get(2), 0, outputs));
    }
    Graph.Value all = with(step.result(), 1, outputs);
    List<Graph.Side> numbers = new ArrayList<>(step.whole());
    if (alone) {
      numbers.set(GROUPS, Graph.Side.of(inputs)); // each of the channels of zeros, too
    }
    steps.add(new Graph.Step(step.op(), numbers, step.real(), operands, all));
    List<Graph.Side> part =
        List.of(Graph.Side.of(1), Graph.Side.of(0), Graph.Side.of(step.result().fixed(1)));
    steps.add(new Graph.Step("narrow", part, List.of(), List.of(all), step.result()));
  }

  /** A weight with zeros behind its channels. */
  private Graph.Value filled(Graph.Value value, int dimension, long channels) {
    Graph.Constant constant = constants.get(value.id());
    if (constant == null || value.fixed(dimension) == channels) {
      return step("fill", value, dimension, channels, channels - value.fixed(dimension));
    }
    try (Scope scope = Scope.inference()) {
      Tensor tensor = Tensor.of(constant.bytes().duplicate(), value.dtype(), shape(value));
      Graph.Constant made =
          new Graph.Constant(
              with(value, dimension, channels),
              constant.name(),
              Functional.fill(tensor, dimension, channels).toBytes());
      constants.put(made.value().id(), made);
      known.add(made);
      return made.value();
    }
  }

  private Graph.Value step(
      String op, Graph.Value value, int dimension, long channels, long missing) {
    if (missing == 0) {
      return value;
    }
    Graph.Value result = with(value, dimension, channels);
    List<Graph.Side> by = List.of(Graph.Side.of(dimension), Graph.Side.of(missing));
    steps.add(new Graph.Step(op, by, List.of(), List.of(value), result));
    return result;
  }

  private Graph.Value with(Graph.Value value, int dimension, long side) {
    List<Graph.Side> shape = new ArrayList<>(value.shape());
    shape.set(dimension, Graph.Side.of(side));
    return new Graph.Value(++ids, value.dtype(), shape);
  }
}
