package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutMaskTest {
  private static final int MANY = 1_000_003; // the last chunk is neither full nor even

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.3, 0.5, 0.9})
  void fill_manyValues_dropsTheShareAndKeepsTheMean(double p) {
    float[] values = mask(11, p);
    int zeros = 0;
    double sum = 0;
    for (float value : values) {
      zeros += value == 0 ? 1 : 0;
      sum += value;
    }
    double deviation = Math.sqrt(p * (1 - p) / MANY);
    assertThat(zeros / (double) MANY).isCloseTo(p, within(5 * deviation));
    assertThat(sum / MANY).isCloseTo(1, within(5 * deviation / (1 - p)));
  }

  @Test
  void fill_neighboursAndLanes_areIndependent() {
    float[] values = mask(12, 0.5);
    for (int lag : new int[] {1, 2, 3, 4, 8, 96, 384, 1 << 13, 1 << 14, 3 << 14}) {
      double both = 0;
      for (int i = lag; i < MANY; i++) {
        both += values[i] * values[i - lag];
      }
      assertThat(both / (MANY - lag)).as("lag %d", lag).isCloseTo(1, within(0.01));
    }
  }

  @Test
  void fill_oneThreadOrTwo_isTheSame() {
    int before = Engine.threads();
    try {
      Engine.threads(1);
      float[] one = mask(13, 0.05);
      Engine.threads(2);
      assertThat(mask(13, 0.05)).isEqualTo(one).isNotEqualTo(mask(14, 0.05));
    } finally {
      Engine.threads(before);
    }
  }

  @Test
  void chunk_probabilityZero_keepsAllAsTheyAre() {
    int[] bits = new int[5];
    new DropoutMask(1, 0).chunk(0, bits, bits.length);
    assertThat(bits).containsOnly(Float.floatToRawIntBits(1));
  }

  @Test
  void fill_otherSeedsAndChunks_areIndependent() {
    float[] values = mask(15, 0.5);
    float[] others = mask(16, 0.5);
    double both = 0;
    for (int i = 0; i < MANY; i++) {
      both += values[i] * others[i];
    }
    assertThat(both / MANY).isCloseTo(1, within(0.01));
  }

  private static float[] mask(long seed, double p) {
    try (Scope scope = Scope.inference()) {
      Tensor mask = Tensor.zeros(MANY);
      new DropoutMask(seed, p).fill(mask);
      return mask.toFloats();
    }
  }
}
