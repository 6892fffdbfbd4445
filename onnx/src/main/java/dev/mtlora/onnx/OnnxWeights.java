package dev.mtlora.onnx;

import dev.mtlora.onnx.OnnxGraph.Attribute;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Graph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Puts constants into a graph in the precision that is wanted. */
final class OnnxWeights {
  private static final int SMALL = 256; // so few numbers stay as they are

  /**
   * Seven bits. Processors without VNNI add two products of a byte of 0 to 255 and a weight in 16
   * bits, where more than 32,767 is cut off: 2 x 255 x 63 is 32,130, while eight bits could reach
   * 64,770.
   */
  static final int MOST_INT8 = 63;

  private final OnnxGraph onnx;
  private final OnnxOptions.Precision precision;
  private final Map<Integer, Graph.Constant> constants;

  OnnxWeights(OnnxGraph onnx, OnnxOptions.Precision precision, List<Graph.Constant> constants) {
    this.onnx = onnx;
    this.precision = precision;
    this.constants =
        constants.stream().collect(Collectors.toMap(c -> c.value().id(), Function.identity()));
  }

  /** The name of a constant, as it is computed with. */
  String name(Graph.Value value) {
    Graph.Constant constant = constants.get(value.id());
    if (constant == null) {
      throw new IllegalStateException("nothing makes the value " + value);
    }
    return put(
        new Initializer(
            constant.name(), value.dtype(), shape(value), () -> constant.bytes().duplicate()));
  }

  private static long[] shape(Graph.Value value) {
    return value.shape().stream().mapToLong(Graph.Side::number).toArray();
  }

  private String put(Initializer whole) {
    boolean halved =
        precision == OnnxOptions.Precision.F16
            && whole.dtype() == DType.F32
            && whole.length() > SMALL * Float.BYTES;
    if (!halved) {
      return onnx.constant(whole);
    }
    String kept =
        onnx.constant(
            new Initializer(whole.name(), DType.F16, whole.shape(), () -> halves(whole.content())));
    return onnx.node("Cast", List.of(kept), Attribute.of("to", OnnxGraph.type(DType.F32)));
  }

  private static ByteBuffer halves(Supplier<ByteBuffer> floats) {
    FloatBuffer values = floats.get().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    ByteBuffer halves = OnnxGraph.little(values.remaining() * Short.BYTES);
    while (values.hasRemaining()) {
      halves.putShort(Halves.of(values.get()));
    }
    return halves.flip();
  }

  /**
   * {@code x W^T} of a constant W {@code [out, in]}, which is kept turned, as ONNX reads it.
   *
   * @return the name of the product; empty if W is no constant
   */
  String product(String x, Graph.Value weight) {
    Graph.Constant constant = constants.get(weight.id());
    if (constant == null || weight.rank() != 2 || weight.dtype() != DType.F32) {
      return "";
    }
    Rows rows =
        new Rows(
            Math.toIntExact(weight.fixed(0)),
            Math.toIntExact(weight.fixed(1)),
            constant.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
    String name = constant.name() + "_t";
    if (precision == OnnxOptions.Precision.INT8 && rows.count() > SMALL) {
      return whole(x, name, rows);
    }
    String matrix =
        put(new Initializer(name, DType.F32, new long[] {rows.in(), rows.out()}, rows::turned));
    return onnx.node("MatMul", List.of(x, matrix));
  }

  /** The product of whole numbers: x as it comes, the weights by columns. */
  private String whole(String x, String name, Rows rows) {
    float[] scales = rows.scales();
    List<String> read = onnx.nodes(3, "DynamicQuantizeLinear", List.of(x));
    long[] shape = {rows.in(), rows.out()};
    String matrix =
        onnx.constant(
            new Initializer(name + "_int8", DType.I8, shape, () -> rows.turnedWhole(scales)));
    String sums = onnx.node("MatMulInteger", List.of(read.get(0), matrix, read.get(2)));
    String real = onnx.node("Cast", List.of(sums), Attribute.of("to", OnnxGraph.type(DType.F32)));
    String scale =
        onnx.node(
            "Mul", List.of(read.get(1), onnx.floats(name + "_scales", scales, scales.length)));
    return onnx.node("Mul", List.of(real, scale));
  }

  /** A matrix {@code [out, in]}. */
  private record Rows(int out, int in, FloatBuffer values) {
    int count() {
      return out * in;
    }

    /** {@code [in, out]}, little-endian. */
    ByteBuffer turned() {
      ByteBuffer turned = OnnxGraph.little(Math.multiplyExact(count(), Float.BYTES));
      for (int i = 0; i < in; i++) {
        for (int o = 0; o < out; o++) {
          turned.putFloat(values.get(o * in + i));
        }
      }
      return turned.flip();
    }

    /** By which whole numbers of a row are multiplied. */
    float[] scales() {
      float[] scales = new float[out];
      for (int o = 0; o < out; o++) {
        float most = 0;
        for (int i = 0; i < in; i++) {
          most = Math.max(most, Math.abs(values.get(o * in + i)));
        }
        scales[o] = most == 0 ? 1 : most / MOST_INT8;
      }
      return scales;
    }

    /** {@code [in, out]} in whole numbers. */
    ByteBuffer turnedWhole(float[] scales) {
      ByteBuffer turned = ByteBuffer.allocate(count());
      for (int i = 0; i < in; i++) {
        for (int o = 0; o < out; o++) {
          turned.put((byte) Math.round(values.get(o * in + i) / scales[o]));
        }
      }
      return turned.flip();
    }
  }
}
