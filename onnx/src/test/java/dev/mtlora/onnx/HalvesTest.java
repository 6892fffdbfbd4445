package dev.mtlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Halves are those that libtorch makes. */
class HalvesTest {
  @Test
  void of_numbersOfEverySize_areLibtorchs() {
    Random random = new Random(4);
    float[] values = new float[20_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(14) - 9));
      values[i] = Math.max(-65_504, Math.min(65_504, values[i]));
    }
    values[0] = 0;
    values[1] = -0f;
    values[2] = 1 + 1f / 2048; // between two halves: to the even one
    values[3] = 1 + 3f / 2048;
    values[4] = 0x1p-24f;
    values[5] = 0x1p-25f;
    values[6] = 0x1.ffep-15f;
    try (Scope scope = Scope.inference()) {
      Tensor halves = Tensor.of(values, values.length).to(DType.F16);
      ByteBuffer expected = halves.toBytes().order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        assertThat(Halves.of(value)).as("%s", value).isEqualTo(expected.getShort());
      }
    }
  }

  @Test
  void of_numbersTooLarge_areTheLargestAndNoNumberStaysNone() {
    assertThat(Halves.of(1e9f)).isEqualTo((short) 0x7bff);
    assertThat(Halves.of(Float.NaN)).isEqualTo((short) 0x7e00);
    assertThat(Halves.of(-1e9f)).isEqualTo((short) 0xfbff);
  }
}
