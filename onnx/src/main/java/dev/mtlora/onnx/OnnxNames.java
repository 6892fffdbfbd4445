package dev.mtlora.onnx;

import dev.mtlora.tensor.Graph;

/** What ONNX calls operations that have the same operands there. */
final class OnnxNames {
  private OnnxNames() {}

  /**
   * The name of an operation's operator.
   *
   * @throws UnsupportedOperationException if it has no form in ONNX
   */
  static String of(Graph.Step step) {
    return switch (step.op()) {
      case "plus" -> "Add";
      case "minus" -> "Sub";
      case "times" -> "Mul";
      case "dividedBy" -> "Div";
      case "negate" -> "Neg";
      case "abs" -> "Abs";
      case "sign" -> "Sign";
      case "sqrt" -> "Sqrt";
      case "exp" -> "Exp";
      case "log" -> "Log";
      case "acos" -> "Acos";
      case "sigmoid" -> "Sigmoid";
      case "relu" -> "Relu";
      case "maximum" -> "Max";
      case "lt" -> "Less";
      case "gt" -> "Greater";
      case "ge" -> "GreaterOrEqual";
      case "eq" -> "Equal";
      case "and" -> "And";
      case "or" -> "Or";
      case "not" -> "Not";
      case "choose" -> "Where";
      default ->
          throw new UnsupportedOperationException(
              "'" + step.op() + "' has no form in ONNX: " + step);
    };
  }
}
