package dev.mtlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Graph;
import dev.mtlora.tensor.Graph.Side;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Constants in graphs, and how they are written. */
class OnnxGraphTest {
  private static final int OUT = 24;
  private static final int IN = 40;

  @Test
  void constant_sameNameOtherNumbers_isRefused() {
    OnnxGraph onnx = new OnnxGraph();
    assertThat(onnx.floats("w", new float[] {1, 2}, 2)).isEqualTo("w");
    assertThat(onnx.floats("w", new float[] {1, 2}, 2)).isEqualTo("w");
    assertThat(onnx.initializers()).hasSize(1);
    assertThatIllegalStateException()
        .isThrownBy(() -> onnx.floats("w", new float[] {1, 3}, 2))
        .withMessageContaining("both called 'w'");
    assertThatIllegalStateException()
        .isThrownBy(() -> onnx.floats("w", new float[] {1, 2}, 1, 2))
        .withMessageContaining("F32 [2] and F32 [1, 2]");
  }

  /** Without VNNI a processor adds two products in 16 bits, and cuts off what is more. */
  @Test
  void int8_largestProducts_fitIntoSixteenBits() {
    Random random = new Random(1);
    ByteBuffer bytes = OnnxGraph.little(OUT * IN * Float.BYTES);
    for (int i = 0; i < OUT * IN; i++) {
      bytes.putFloat((float) random.nextGaussian() * (i < IN ? 100 : 1));
    }
    Graph.Value value = new Graph.Value(0, DType.F32, List.of(Side.of(OUT), Side.of(IN)));
    Graph.Constant weight = new Graph.Constant(value, "w", bytes.flip());
    OnnxGraph onnx = new OnnxGraph();
    new OnnxWeights(onnx, OnnxOptions.Precision.INT8, List.of(weight)).product("x", value);
    ByteBuffer whole = content(onnx, "w_t_int8");
    ByteBuffer scales = content(onnx, "w_t_scales");
    int largest = 0;
    for (int i = 0; i < IN; i++) {
      for (int o = 0; o < OUT; o++) {
        int number = whole.get(i * OUT + o);
        largest = Math.max(largest, Math.abs(number));
        float scale = scales.getFloat(o * Float.BYTES);
        float real = bytes.getFloat((o * IN + i) * Float.BYTES);
        assertThat(Math.abs(number * scale - real)).isLessThanOrEqualTo(scale * 0.501f);
      }
    }
    assertThat(largest).isEqualTo(OnnxWeights.MOST_INT8);
    assertThat(2 * 255 * largest).isLessThanOrEqualTo(Short.MAX_VALUE);
  }

  private static ByteBuffer content(OnnxGraph onnx, String name) {
    return onnx.initializers().stream()
        .filter(i -> i.name().equals(name))
        .findFirst()
        .orElseThrow()
        .content()
        .get()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Weights are made when their turn comes to be written, however deep they lie. */
  @Test
  void message_ofLargeFields_makesThemWhenItIsWritten() throws IOException {
    AtomicInteger made = new AtomicInteger();
    Protobuf inner = new Protobuf().number(1, 300);
    inner.bytes(
        9,
        3,
        () -> {
          made.incrementAndGet();
          return ByteBuffer.wrap(new byte[] {7, 8, 9});
        });
    Protobuf outer = new Protobuf().message(5, inner.text(8, "n")).text(2, "end");
    byte[] expected = {
      0x2a,
      0x0b,
      0x08,
      (byte) 0xac,
      0x02,
      0x4a,
      0x03,
      7,
      8,
      9,
      0x42,
      0x01,
      'n',
      0x12,
      3,
      'e',
      'n',
      'd'
    };
    assertThat(outer.size()).isEqualTo(expected.length);
    assertThat(made).hasValue(0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    outer.writeTo(Channels.newChannel(out));
    assertThat(out.toByteArray()).isEqualTo(expected);
    assertThat(made).hasValue(1);
  }
}
