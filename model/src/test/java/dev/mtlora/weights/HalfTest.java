package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfTest {
  @Test
  void f16_everyPattern_survivesTheRoundTrip() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Half.fromF16((short) bits);
      int back = Half.toF16(value) & 0xffff;
      if (Float.isNaN(value)) {
        assertThat(Half.fromF16((short) back)).isNaN();
      } else {
        assertThat(back).isEqualTo(bits);
      }
    }
  }

  @Test
  void bf16_everyPattern_survivesTheRoundTrip() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Half.fromBf16((short) bits);
      int back = Half.toBf16(value) & 0xffff;
      if (Float.isNaN(value)) {
        assertThat(Half.fromBf16((short) back)).isNaN();
      } else {
        assertThat(back).isEqualTo(bits);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x3c00, 1",
    "0xc000, -2",
    "0x7bff, 65504",
    "0x0400, 6.103515625e-5",
    "0x0001, 5.9604644775390625e-8",
    "0x3555, 0.333251953125",
    "0x7c00, Infinity"
  })
  void f16_knownPattern_hasItsValue(String bits, float value) {
    assertThat(Half.fromF16((short) (int) Integer.decode(bits))).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "1.00048828125, 0x3c00", // half way between 1 and the next: the even one
    "1.00146484375, 0x3c02",
    "1.0004884, 0x3c01",
    "65519.99, 0x7bff",
    "65520, 0x7c00",
    "1e30, 0x7c00",
    "2.98023223876953125e-8, 0x0000", // half the smallest
    "2.9802326e-8, 0x0001",
    "6.1035153e-5, 0x0400", // rounds up into the normal numbers
    "-0.0, 0x8000"
  })
  void f16_valueBetweenPatterns_roundsToNearestEven(float value, String bits) {
    assertThat(Half.toF16(value) & 0xffff).isEqualTo(Integer.decode(bits));
  }

  @ParameterizedTest
  @CsvSource({
    "1.00390625, 0x3f80",
    "1.01171875, 0x3f82",
    "1.0039064, 0x3f81",
    "3.4e38, 0x7f80",
    "-0.0, 0x8000"
  })
  void bf16_valueBetweenPatterns_roundsToNearestEven(float value, String bits) {
    assertThat(Half.toBf16(value) & 0xffff).isEqualTo(Integer.decode(bits));
  }

  @Property
  void f16_anyFloat_isNoFurtherThanItsNeighbours(
      @ForAll float value, @ForAll @IntRange(min = -1, max = 1) int neighbour) {
    short nearest = Half.toF16(value);
    float limit = 65504;
    if (Math.abs(value) <= limit && Math.abs(Half.fromF16(nearest)) <= limit) {
      float other = Half.fromF16((short) (nearest + neighbour));
      if (Math.abs(other) <= limit) {
        double error = Math.abs((double) Half.fromF16(nearest) - value);
        assertThat(error).isLessThanOrEqualTo(Math.abs((double) other - value));
      }
    }
  }
}
