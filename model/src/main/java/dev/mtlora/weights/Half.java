package dev.mtlora.weights;

/**
 * The two 16-bit floats as bit patterns. Narrowing rounds to nearest, ties to even; what is too
 * large becomes infinite; NaN stays NaN.
 */
public final class Half {
  private static final int F16_INFINITY = 0x7c00;
  private static final float F16_SUBNORMAL_STEP = 0x1p-24f;

  private Half() {}

  /** IEEE 754 binary16 to float; exact. */
  public static float fromF16(short half) {
    int sign = (half & 0x8000) << 16;
    int magnitude = half & 0x7fff;
    if (magnitude >= F16_INFINITY) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
    }
    float value =
        magnitude < 0x400
            ? magnitude * F16_SUBNORMAL_STEP
            : Float.intBitsToFloat((magnitude << 13) + (127 - 15 << 23));
    return sign == 0 ? value : -value;
  }

  /** Float to IEEE 754 binary16. */
  public static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00 | (magnitude >>> 13 & 0x3ff));
    }
    if (magnitude >= 0x47800000) { // 2^16 and above
      return (short) (sign | F16_INFINITY);
    }
    if (magnitude < 0x38800000) { // below 2^-14: a whole number of subnormal steps
      return (short) (sign | (int) Math.rint(Math.abs(value) / (double) F16_SUBNORMAL_STEP));
    }
    return (short) (sign | drop(magnitude, 13) - (127 - 15 << 10));
  }

  /** bfloat16 to float; exact. */
  public static float fromBf16(short half) {
    return Float.intBitsToFloat(half << 16);
  }

  /** Float to bfloat16. */
  public static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits >>> 16 & 0x8000 | drop(bits & 0x7fffffff, 16));
  }

  /** Drops low bits, to nearest, ties to even; a carry runs into the exponent, as it must. */
  private static int drop(int magnitude, int dropped) {
    int half = (1 << dropped - 1) - 1 + (magnitude >>> dropped & 1);
    return magnitude + half >>> dropped;
  }
}
