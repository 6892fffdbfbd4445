package dev.mtlora.onnx;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Graph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Nodes, initializers and what goes in and out: the parts of an ONNX GraphProto (<a
 * href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>), with names that
 * are given as they are asked for.
 */
final class OnnxGraph {
  private static final int ATTRIBUTE_FLOAT = 1;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_STRING = 3;
  private static final int ATTRIBUTE_INTS = 7;

  private final List<Protobuf> nodes = new ArrayList<>();
  private final List<Initializer> initializers = new ArrayList<>();
  private final List<Protobuf> inputs = new ArrayList<>();
  private final List<Protobuf> outputs = new ArrayList<>();
  private final Map<Same, String> made = new HashMap<>();
  private final Map<String, Initializer> constants = new HashMap<>();
  private int names;

  private record Same(String op, List<String> inputs, List<String> attributes) {}

  /** An attribute of a node. */
  static final class Attribute {
    private final String name;
    private final Protobuf message;
    private final String text;

    private Attribute(String name, Protobuf message, String text) {
      this.name = name;
      this.message = message;
      this.text = name + "=" + text;
    }

    static Attribute of(String name, long value) {
      return new Attribute(
          name, start(name).number(3, value).number(20, ATTRIBUTE_INT), Long.toString(value));
    }

    static Attribute of(String name, double value) {
      return new Attribute(
          name,
          start(name).real(2, (float) value).number(20, ATTRIBUTE_FLOAT),
          Double.toString(value));
    }

    static Attribute of(String name, String value) {
      return new Attribute(name, start(name).text(4, value).number(20, ATTRIBUTE_STRING), value);
    }

    static Attribute of(String name, List<Long> values) {
      Protobuf message = start(name);
      values.forEach(value -> message.number(8, value));
      return new Attribute(name, message.number(20, ATTRIBUTE_INTS), values.toString());
    }

    private static Protobuf start(String name) {
      return new Protobuf().text(1, name);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A name that nothing else has. */
  String fresh(String stem) {
    return stem + "_" + names++;
  }

  /**
   * The result of an operator; the same as before if it was asked for before.
   *
   * @param operands names; an empty one for an input that is left out
   */
  String node(String op, List<String> operands, Attribute... attributes) {
    Same key = new Same(op, operands, Arrays.stream(attributes).map(a -> a.text).toList());
    return made.computeIfAbsent(
        key,
        k -> {
          String result = fresh(op.toLowerCase(Locale.ROOT));
          named(List.of(result), op, operands, attributes);
          return result;
        });
  }

  /** The results of an operator that has several. */
  List<String> nodes(int results, String op, List<String> operands) {
    String first =
        made.computeIfAbsent(
            new Same(op, operands, List.of()),
            key -> {
              String stem = fresh(op.toLowerCase(Locale.ROOT));
              List<String> all = new ArrayList<>();
              for (int i = 0; i < results; i++) {
                all.add(stem + "." + i);
              }
              named(all, op, operands);
              return stem;
            });
    List<String> all = new ArrayList<>();
    for (int i = 0; i < results; i++) {
      all.add(first + "." + i);
    }
    return all;
  }

  /** An operator whose results have names of their own. */
  void named(List<String> results, String op, List<String> operands, Attribute... attributes) {
    Protobuf node = new Protobuf().texts(1, operands).texts(2, results);
    node.text(3, op + "/" + results.get(0)).text(4, op);
    for (Attribute attribute : attributes) {
      node.message(5, attribute.message);
    }
    nodes.add(node);
  }

  /**
   * Adds a constant, if it is not there yet.
   *
   * @return its name
   * @throws IllegalStateException if another one has that name
   */
  String constant(Initializer initializer) {
    Initializer before = constants.putIfAbsent(initializer.name(), initializer);
    if (before == null) {
      initializers.add(initializer);
    } else if (!before.isLike(initializer)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "two constants that differ, %s and %s, are both called '%s': one would take the place of"
                  + " the other; give the parameters of the model names that differ",
              before,
              initializer,
              initializer.name()));
    }
    return initializer.name();
  }

  /** A vector of whole numbers. */
  String longs(List<Long> values) {
    ByteBuffer bytes = little(values.size() * Long.BYTES);
    values.forEach(bytes::putLong);
    long[] shape = {values.size()};
    String name = "longs" + values.toString().replaceAll("[\\[\\] ]", "_");
    return constant(Initializer.of(name, DType.I64, shape, bytes.array()));
  }

  /** A whole number of rank 0. */
  String whole(long value) {
    byte[] bytes = little(Long.BYTES).putLong(value).array();
    return constant(Initializer.of("long_" + value, DType.I64, new long[0], bytes));
  }

  /** A number of rank 0. */
  String scalar(double value) {
    byte[] bytes = little(Float.BYTES).putFloat((float) value).array();
    return constant(Initializer.of("float_" + value, DType.F32, new long[0], bytes));
  }

  /** Floats in a shape. */
  String floats(String name, float[] values, long... shape) {
    ByteBuffer bytes = little(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return constant(Initializer.of(name, DType.F32, shape, bytes.array()));
  }

  static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  void input(String name, DType dtype, List<String> shape) {
    inputs.add(info(name, dtype, shape));
  }

  void output(String name, Graph.Value value) {
    outputs.add(info(name, value.dtype(), value.shape().stream().map(OnnxGraph::side).toList()));
  }

  private static String side(Graph.Side side) {
    if (!side.perPicture()) {
      return Long.toString(side.number());
    }
    return side.number() == 1 ? "batch" : side.number() + "batch";
  }

  /** ValueInfoProto: a side that is no number is a name. */
  private static Protobuf info(String name, DType dtype, List<String> shape) {
    Protobuf sides = new Protobuf();
    for (String side : shape) {
      boolean number = Character.isDigit(side.charAt(0)) && !side.endsWith("batch");
      sides.message(
          1,
          number ? new Protobuf().number(1, Long.parseLong(side)) : new Protobuf().text(2, side));
    }
    Protobuf tensor = new Protobuf().number(1, type(dtype)).message(2, sides);
    return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensor));
  }

  /** TensorProto.DataType. */
  static int type(DType dtype) {
    return switch (dtype) {
      case F32 -> 1;
      case U8 -> 2;
      case I8 -> 3;
      case I32 -> 6;
      case I64 -> 7;
      case BOOL -> 9;
      case F16 -> 10;
      case F64 -> 11;
      default -> throw new UnsupportedOperationException("no ONNX export holds " + dtype);
    };
  }

  List<Initializer> initializers() {
    return initializers;
  }

  /** GraphProto with initializers as they are given. */
  Protobuf message(String name, List<Protobuf> tensors) {
    Protobuf graph = new Protobuf();
    nodes.forEach(node -> graph.message(1, node));
    graph.text(2, name);
    tensors.forEach(tensor -> graph.message(5, tensor));
    inputs.forEach(input -> graph.message(11, input));
    outputs.forEach(output -> graph.message(12, output));
    return graph;
  }

  /** How many operators there are. */
  int size() {
    return nodes.size();
  }
}
