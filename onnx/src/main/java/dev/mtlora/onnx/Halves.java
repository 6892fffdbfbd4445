package dev.mtlora.onnx;

/** IEEE half precision. */
final class Halves {
  private static final float MOST = 65_504;
  private static final short NAN = 0x7e00;

  private Halves() {}

  /** The nearest half, halves to even; what is too large becomes the largest. */
  static short of(float value) {
    if (Float.isNaN(value)) {
      return NAN;
    }
    float bounded = Math.max(-MOST, Math.min(MOST, value));
    int bits = Float.floatToRawIntBits(bounded);
    int sign = bits >>> 16 & 0x8000;
    int rest = bits & 0x7fffffff;
    if (rest < 0x38800000) { // below 2^-14: a multiple of 2^-24
      return (short) (sign | (int) Math.rint(Math.abs(bounded) * 0x1p24));
    }
    int odd = rest >>> 13 & 1;
    return (short) (sign | rest - 0x38000000 + 0xfff + odd >>> 13);
  }
}
