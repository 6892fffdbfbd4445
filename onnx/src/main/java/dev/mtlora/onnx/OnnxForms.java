package dev.mtlora.onnx;

import dev.mtlora.onnx.OnnxGraph.Attribute;
import dev.mtlora.tensor.Graph;
import dev.mtlora.tensor.Graph.Side;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * How ONNX says each operation (<a href="https://onnx.ai/onnx/operators/">operators</a>, version
 * 17). An operation that has no form here cannot be exported: it is refused by its name.
 */
final class OnnxForms {
  private static final String NONE = "";

  private final OnnxGraph onnx;
  private final OnnxWeights weights;
  private final OnnxNumbers numbers;
  private final Map<Integer, String> names = new HashMap<>();

  /**
   * Forms for a graph.
   *
   * @param images name of the input whose first side is the number of pictures
   */
  OnnxForms(OnnxGraph onnx, OnnxWeights weights, String images) {
    this.onnx = onnx;
    this.weights = weights;
    numbers = new OnnxNumbers(onnx, images);
  }

  /** Whole numbers in the graph. */
  OnnxNumbers numbers() {
    return numbers;
  }

  void name(Graph.Value value, String name) {
    names.put(value.id(), name);
  }

  /** The name of a value; constants are put into the graph when they are first read. */
  String name(Graph.Value value) {
    return names.computeIfAbsent(value.id(), id -> weights.name(value));
  }

  void add(Graph.Step step) {
    names.put(step.result().id(), of(step, step.operands().stream().toList()));
  }

  private String of(Graph.Step step, List<Graph.Value> x) {
    return switch (step.op()) {
      case "linear" -> linear(x);
      case "conv2d" -> conv(step);
      case "convTranspose2d" ->
          node("ConvTranspose", step, Attribute.of("strides", pair(step.fixed(0))));
      case "matmul", "bmm" -> node("MatMul", step);
      case "plusBmm", "plusMatmulInPlace" ->
          onnx.node("Add", List.of(onnx.node("MatMul", names(x.subList(0, 2))), name(x.get(2))));
      case "layerNorm" -> node("LayerNormalization", step, Attribute.of("axis", -1), epsilon(step));
      case "batchNorm" -> node("BatchNormalization", step, epsilon(step));
      case "softmax" -> node("Softmax", step, Attribute.of("axis", -1));
      case "logSoftmax" -> node("LogSoftmax", step, Attribute.of("axis", step.fixed(0)));
      case "gelu" -> gelu(name(x.get(0)));
      case "logSigmoid" -> onnx.node("Neg", softplusOfNegative(name(x.get(0))));
      case "square" -> onnx.node("Mul", List.of(name(x.get(0)), name(x.get(0))));
      case "largestChannel" ->
          cast(
              onnx.node("ArgMax", names(x), Attribute.of("axis", 1), Attribute.of("keepdims", 1)),
              step);
      case "argmax" ->
          node("ArgMax", step, Attribute.of("axis", step.fixed(0)), Attribute.of("keepdims", 0));
      case "clamp" -> onnx.node("Clip", bounds(step));
      case "to" -> cast(name(x.get(0)), step);
      case "maskedFill" ->
          onnx.node("Where", List.of(name(x.get(1)), onnx.scalar(real(step)), name(x.get(0))));
      case "ne" -> onnx.node("Not", List.of(node("Equal", step)));
      case "mean" -> reduce("ReduceMean", step);
      case "norm" -> reduce("ReduceL2", step);
      case "sum" -> sum(step);
      case "averagePool" -> averagePool(step);
      case "resizeBilinear" -> resize(step, Attribute.of("mode", "linear"));
      case "resizeBicubic" ->
          resize(step, Attribute.of("mode", "cubic"), Attribute.of("cubic_coeff_a", -0.75));
      default -> shapes(step, x);
    };
  }

  private String shapes(Graph.Step step, List<Graph.Value> x) {
    String first = name(x.get(0));
    return switch (step.op()) {
      case "reshape" -> onnx.node("Reshape", List.of(first, numbers.shape(step.whole())));
      case "expand" -> onnx.node("Expand", List.of(first, numbers.of(step.whole())));
      case "permute" ->
          node("Transpose", step, Attribute.of("perm", OnnxNumbers.fixed(step.whole())));
      case "narrow" -> {
        Side start = step.whole().get(1);
        Side length = step.whole().get(2);
        yield slice(first, step.fixed(0), start, OnnxNumbers.plus(start, length));
      }
      case "select" -> {
        String index =
            step.whole().get(1).perPicture()
                ? onnx.node("Squeeze", List.of(numbers.of(step.whole().subList(1, 2))))
                : onnx.whole(step.fixed(1));
        yield onnx.node("Gather", List.of(first, index), Attribute.of("axis", step.fixed(0)));
      }
      case "indexSelect" -> node("Gather", step, Attribute.of("axis", step.fixed(0)));
      case "gather" -> node("GatherElements", step, Attribute.of("axis", step.fixed(0)));
      case "cat" -> node("Concat", step, Attribute.of("axis", step.fixed(0)));
      case "stack" -> {
        String axis = onnx.longs(List.of(step.fixed(0)));
        List<String> parts =
            names(x).stream().map(part -> onnx.node("Unsqueeze", List.of(part, axis))).toList();
        yield onnx.node("Concat", parts, Attribute.of("axis", step.fixed(0)));
      }
      case "roll" -> {
        String once = roll(first, step.fixed(2), step.fixed(0), x.get(0));
        yield roll(once, step.fixed(3), step.fixed(1), x.get(0));
      }
      case "fill" -> onnx.node("Pad", List.of(first, onnx.longs(pads(step))));
      default -> node(OnnxNames.of(step), step);
    };
  }

  // --- products ---------------------------------------------------------------------------------

  private String linear(List<Graph.Value> x) {
    Graph.Value weight = x.get(1);
    String product = weights.product(name(x.get(0)), weight);
    if (product.isEmpty()) { // the weight depends on the pictures
      String turned =
          onnx.node("Transpose", List.of(name(weight)), Attribute.of("perm", List.of(1L, 0L)));
      product = onnx.node("MatMul", List.of(name(x.get(0)), turned));
    }
    return x.size() < 3 ? product : onnx.node("Add", List.of(product, name(x.get(2))));
  }

  private String conv(Graph.Step step) {
    long padding = step.fixed(1);
    long groups = step.fixed(3);
    return node(
        "Conv",
        step,
        Attribute.of("strides", pair(step.fixed(0))),
        Attribute.of("pads", List.of(padding, padding, padding, padding)),
        Attribute.of("dilations", pair(step.fixed(2))),
        Attribute.of("group", groups));
  }

  // --- elements ---------------------------------------------------------------------------------

  /** {@code x / 2 (1 + erf(x / sqrt 2))}: version 17 has no Gelu; engines know this form. */
  private String gelu(String x) {
    String erf = onnx.node("Erf", List.of(onnx.node("Div", List.of(x, onnx.scalar(Math.sqrt(2))))));
    String gate = onnx.node("Add", List.of(erf, onnx.scalar(1)));
    return onnx.node("Mul", List.of(onnx.node("Mul", List.of(x, gate)), onnx.scalar(0.5)));
  }

  private List<String> softplusOfNegative(String x) {
    return List.of(onnx.node("Softplus", List.of(onnx.node("Neg", List.of(x)))));
  }

  private List<String> bounds(Graph.Step step) {
    List<String> all = new ArrayList<>(names(step.operands()));
    for (double bound : step.real()) {
      all.add(Double.isInfinite(bound) ? NONE : onnx.scalar(bound));
    }
    return all;
  }

  private String cast(String x, Graph.Step step) {
    long type = OnnxGraph.type(step.result().dtype());
    return onnx.node("Cast", List.of(x), Attribute.of("to", type));
  }

  private String reduce(String op, Graph.Step step) {
    if (step.whole().isEmpty()) {
      return node(op, step, Attribute.of("keepdims", 0));
    }
    List<Long> axes = OnnxNumbers.fixed(step.whole().subList(1, step.whole().size()));
    return node(op, step, Attribute.of("axes", axes), Attribute.of("keepdims", step.fixed(0)));
  }

  private String sum(Graph.Step step) {
    List<String> operands = new ArrayList<>(names(step.operands()));
    if (!step.whole().isEmpty()) {
      operands.add(onnx.longs(OnnxNumbers.fixed(step.whole().subList(1, step.whole().size()))));
    }
    return onnx.node(
        "ReduceSum",
        operands,
        Attribute.of("keepdims", step.whole().isEmpty() ? 0 : step.fixed(0)));
  }

  // --- maps -------------------------------------------------------------------------------------

  private String resize(Graph.Step step, Attribute... how) {
    List<Attribute> attributes = new ArrayList<>(List.of(how));
    attributes.add(Attribute.of("coordinate_transformation_mode", "half_pixel"));
    String sizes = numbers.of(step.result().shape());
    return onnx.node(
        "Resize",
        List.of(name(step.operands().get(0)), NONE, NONE, sizes),
        attributes.toArray(new Attribute[0]));
  }

  /** Means of parts as two products with matrices of shares: parts need not be equally large. */
  private String averagePool(Graph.Step step) {
    Graph.Value x = step.operands().get(0);
    String rows = onnx.node("MatMul", List.of(shares(x.fixed(2), step.fixed(0)), name(x)));
    String columns = shares(x.fixed(3), step.fixed(1));
    String turned = onnx.node("Transpose", List.of(columns), Attribute.of("perm", List.of(1L, 0L)));
    return onnx.node("MatMul", List.of(rows, turned));
  }

  /** {@code [parts, length]}: what every place adds to the mean of a part. */
  private String shares(long length, long parts) {
    float[] shares = new float[(int) (parts * length)];
    for (long p = 0; p < parts; p++) {
      long from = p * length / parts;
      long to = -Math.floorDiv(-(p + 1) * length, parts);
      for (long i = from; i < to; i++) {
        shares[(int) (p * length + i)] = 1f / (to - from);
      }
    }
    return onnx.floats("shares_" + length + "_" + parts, shares, parts, length);
  }

  private String roll(String x, long dimension, long shift, Graph.Value of) {
    long length = of.fixed((int) dimension);
    long by = Math.floorMod(shift, length);
    if (by == 0) {
      return x;
    }
    String end = slice(x, dimension, Side.of(length - by), Side.of(length));
    String start = slice(x, dimension, Side.of(0), Side.of(length - by));
    return onnx.node("Concat", List.of(end, start), Attribute.of("axis", dimension));
  }

  private String slice(String x, long dimension, Side from, Side to) {
    String axes = onnx.longs(List.of(dimension));
    return onnx.node("Slice", List.of(x, numbers.of(List.of(from)), numbers.of(List.of(to)), axes));
  }

  private static List<Long> pads(Graph.Step step) {
    int rank = step.result().rank();
    long[] pads = new long[2 * rank];
    pads[rank + (int) step.fixed(0)] = step.fixed(1);
    return LongStream.of(pads).boxed().toList();
  }

  // --- operands ---------------------------------------------------------------------------------

  private static List<Long> pair(long number) {
    return List.of(number, number);
  }

  private static Attribute epsilon(Graph.Step step) {
    return Attribute.of("epsilon", real(step));
  }

  private static double real(Graph.Step step) {
    return step.real().get(0);
  }

  private List<String> names(List<Graph.Value> values) {
    return values.stream().map(this::name).toList();
  }

  /** An operator of the operands, and of a number if the operation takes one. */
  private String node(String op, Graph.Step step, Attribute... attributes) {
    List<String> operands = new ArrayList<>(names(step.operands()));
    if (operands.size() == 1 && !step.real().isEmpty()) {
      operands.add(onnx.scalar(real(step)));
    }
    return onnx.node(op, operands, attributes);
  }
}
