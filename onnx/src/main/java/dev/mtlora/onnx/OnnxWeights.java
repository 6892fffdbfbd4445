package dev.mtlora.onnx;

import dev.mtlora.onnx.OnnxGraph.Attribute;
import dev.mtlora.onnx.OnnxGraph.Initializer;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Graph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Puts constants into a graph in the precision that is wanted. */
final class OnnxWeights {
  private static final int SMALL = 256; // so few numbers stay as they are
  private static final float MOST_INT8 = 127;

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
    byte[] bytes = new byte[constant.bytes().remaining()];
    constant.bytes().duplicate().get(bytes);
    return put(constant.name(), value.dtype(), shape(value), bytes);
  }

  private static long[] shape(Graph.Value value) {
    return value.shape().stream().mapToLong(Graph.Side::number).toArray();
  }

  private String put(String name, DType dtype, long[] shape, byte[] bytes) {
    boolean halved =
        precision == OnnxOptions.Precision.F16
            && dtype == DType.F32
            && bytes.length > SMALL * Float.BYTES;
    if (!halved) {
      return onnx.constant(new Initializer(name, dtype, shape, bytes));
    }
    FloatBuffer values = floats(bytes);
    ByteBuffer halves = OnnxGraph.little(values.remaining() * Short.BYTES);
    while (values.hasRemaining()) {
      halves.putShort(Halves.of(values.get()));
    }
    String kept = onnx.constant(new Initializer(name, DType.F16, shape, halves.array()));
    return onnx.node("Cast", List.of(kept), Attribute.of("to", OnnxGraph.type(DType.F32)));
  }

  private static FloatBuffer floats(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
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
    int out = Math.toIntExact(weight.fixed(0));
    int in = Math.toIntExact(weight.fixed(1));
    FloatBuffer rows = constant.bytes().duplicate().order(constant.bytes().order()).asFloatBuffer();
    float[] turned = new float[out * in];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        turned[i * out + o] = rows.get(o * in + i);
      }
    }
    String name = constant.name() + "_t";
    if (precision == OnnxOptions.Precision.INT8 && turned.length > SMALL) {
      return whole(x, name, turned, in, out);
    }
    ByteBuffer bytes = OnnxGraph.little(turned.length * Float.BYTES);
    bytes.asFloatBuffer().put(turned);
    String matrix = put(name, DType.F32, new long[] {in, out}, bytes.array());
    return onnx.node("MatMul", List.of(x, matrix));
  }

  /** The product of whole numbers: x as it comes, the weights by columns. */
  private String whole(String x, String name, float[] weights, int in, int out) {
    byte[] whole = new byte[weights.length];
    float[] scales = new float[out];
    for (int o = 0; o < out; o++) {
      float most = 0;
      for (int i = 0; i < in; i++) {
        most = Math.max(most, Math.abs(weights[i * out + o]));
      }
      scales[o] = most == 0 ? 1 : most / MOST_INT8;
      for (int i = 0; i < in; i++) {
        whole[i * out + o] = (byte) Math.round(weights[i * out + o] / scales[o]);
      }
    }
    List<String> read = onnx.nodes(3, "DynamicQuantizeLinear", List.of(x));
    String matrix =
        onnx.constant(new Initializer(name + "_int8", DType.I8, new long[] {in, out}, whole));
    String sums = onnx.node("MatMulInteger", List.of(read.get(0), matrix, read.get(2)));
    String real = onnx.node("Cast", List.of(sums), Attribute.of("to", OnnxGraph.type(DType.F32)));
    String scale =
        onnx.node("Mul", List.of(read.get(1), onnx.floats(name + "_scales", scales, out)));
    return onnx.node("Mul", List.of(real, scale));
  }
}
