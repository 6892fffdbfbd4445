package dev.mtlora.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How TorchScript says each operation: the same operator of libtorch that {@link Tensor} and {@link
 * Functional} call, so that a replay gives the same numbers.
 */
final class ScriptForms {
  private ScriptForms() {}

  /**
   * An expression.
   *
   * @param x names of the operands
   * @throws RecordingException if the operation has no form yet
   */
  static String of(Graph.Step step, List<String> x) {
    String all = String.join(", ", x);
    return switch (step.op()) {
      case "reshape", "expand", "permute" ->
          x.get(0) + "." + step.op() + "(" + list(step.whole()) + ")";
      case "narrow", "select" -> call(step.op(), x.get(0), numbers(step.whole()));
      case "indexSelect" -> call("index_select", x.get(0), numbers(step.whole()), x.get(1));
      case "gather" -> call("gather", x.get(0), numbers(step.whole()), x.get(1));
      case "roll" ->
          call(
              "roll", x.get(0), list(step.whole().subList(0, 2)), list(step.whole().subList(2, 4)));
      case "cat", "stack" -> call(step.op(), "[" + all + "]", numbers(step.whole()));
      case "plus" -> call("add", all, reals(step));
      case "minus" -> call("sub", all);
      case "times" -> call("mul", all, reals(step));
      case "dividedBy" -> call("div", all);
      case "plusBmm" -> call("baddbmm", x.get(2), x.get(0), x.get(1));
      case "plusMatmulInPlace" -> call("addmm", x.get(2), x.get(0), x.get(1));
      case "negate" -> call("neg", all);
      case "matmul",
          "bmm",
          "maximum",
          "abs",
          "sign",
          "sqrt",
          "square",
          "exp",
          "log",
          "acos",
          "atan2",
          "sigmoid",
          "linear",
          "gelu",
          "relu" ->
          call(step.op(), all);
      case "logSigmoid" -> call("log_sigmoid", all);
      case "softmax" -> call("softmax", all, "-1");
      case "logSoftmax" -> call("log_softmax", all, numbers(step.whole()));
      case "clamp" -> call("clamp", all, bound(step.real().get(0)), bound(step.real().get(1)));
      case "sum", "mean" -> call(step.op(), all, dimensions(step));
      case "norm" -> call("norm", all, "2", dimensions(step));
      case "argmax" -> call("argmax", all, numbers(step.whole()));
      case "largestChannel" -> call("argmax", all, "1", "True") + ".to(" + type(DType.F32) + ")";
      case "lt", "gt", "ge", "eq", "ne" -> call(step.op(), all, reals(step));
      case "and" -> call("logical_and", all);
      case "or" -> call("logical_or", all);
      case "not" -> call("logical_not", all);
      case "choose" -> call("where", all);
      case "maskedFill" -> call("masked_fill", all, reals(step));
      case "to" -> x.get(0) + ".to(" + type(step.result().dtype()) + ")";
      case "conv2d" -> conv(step, x);
      case "convTranspose2d" ->
          call("conv_transpose2d", x.get(0), x.get(1), bias(x), pair(step, 0));
      case "layerNorm" ->
          call(
              "layer_norm",
              x.get(0),
              "[" + step.result().fixed(-1) + "]",
              x.get(1),
              x.get(2),
              reals(step));
      case "batchNorm" -> call("batch_norm", all, "False", "0.1", reals(step), "True");
      case "resizeBilinear" -> call("upsample_bilinear2d", all, list(step.whole()), "False");
      case "resizeBicubic" -> call("upsample_bicubic2d", all, list(step.whole()), "False");
      case "averagePool" -> call("adaptive_avg_pool2d", all, list(step.whole()));
      case "fill" -> call("constant_pad_nd", all, pads(step), "0");
      default ->
          throw new RecordingException("'" + step.op() + "' has no form in TorchScript: " + step);
    };
  }

  /** A number of the computation. */
  static String number(Graph.Side side) {
    if (!side.perPicture()) {
      return Long.toString(side.number());
    }
    return side.number() == 1 ? "b" : side.number() + " * b";
  }

  /** The number that TorchScript has for a type. */
  static String type(DType dtype) {
    return Integer.toString(dtype.scalarType().value);
  }

  private static String call(String name, String... arguments) {
    return Stream.of(arguments)
        .filter(argument -> !argument.isEmpty())
        .collect(Collectors.joining(", ", "torch." + name + "(", ")"));
  }

  private static String numbers(List<Graph.Side> sides) {
    return sides.stream().map(ScriptForms::number).collect(Collectors.joining(", "));
  }

  private static String list(List<Graph.Side> sides) {
    return "[" + numbers(sides) + "]";
  }

  private static String reals(Graph.Step step) {
    return step.real().stream().map(ScriptForms::real).collect(Collectors.joining(", "));
  }

  private static String real(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "float(\"inf\")" : "float(\"-inf\")";
    }
    return String.format(Locale.ROOT, "%s", value).replace('E', 'e');
  }

  private static String bound(double value) {
    return Double.isInfinite(value) ? "None" : real(value);
  }

  /** Dimensions and whether they are kept; all of them if none is named. */
  private static String dimensions(Graph.Step step) {
    if (step.whole().isEmpty()) {
      return "";
    }
    List<Graph.Side> rest = step.whole().subList(1, step.whole().size());
    return list(rest) + ", " + (step.fixed(0) == 1 ? "True" : "False");
  }

  private static String bias(List<String> x) {
    return x.size() > 2 ? x.get(2) : "None";
  }

  private static String pair(Graph.Step step, int index) {
    String number = Long.toString(step.fixed(index));
    return "[" + number + ", " + number + "]";
  }

  private static String conv(Graph.Step step, List<String> x) {
    return call(
        "conv2d",
        x.get(0),
        x.get(1),
        bias(x),
        pair(step, 0),
        pair(step, 1),
        pair(step, 2),
        Long.toString(step.fixed(3)));
  }

  private static String pads(Graph.Step step) {
    List<String> pads = new ArrayList<>();
    for (int d = step.result().rank() - 1; d >= 0; d--) { // the last dimension comes first
      pads.add("0");
      pads.add(d == step.fixed(0) ? number(step.whole().get(1)) : "0");
    }
    return "[" + String.join(", ", pads) + "]";
  }
}
