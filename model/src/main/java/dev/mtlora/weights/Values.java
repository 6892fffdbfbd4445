package dev.mtlora.weights;

import dev.mtlora.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** Between Java arrays and the bytes of each dtype, little-endian. */
public final class Values {
  private Values() {}

  /** Takes all of a chunk into an array, from the given index. */
  public static void floats(DType dtype, ByteBuffer chunk, float[] values, int at) {
    if (dtype == DType.F32) {
      chunk.asFloatBuffer().get(values, at, chunk.remaining() / Float.BYTES);
      return;
    }
    for (int i = at; chunk.hasRemaining(); i++) {
      values[i] =
          switch (dtype) {
            case F64 -> (float) chunk.getDouble();
            case F16 -> Half.fromF16(chunk.getShort());
            case BF16 -> Half.fromBf16(chunk.getShort());
            default -> throw new IllegalArgumentException(dtype + " holds no floats");
          };
    }
  }

  /** Takes all of a chunk into an array, from the given index. */
  public static void longs(DType dtype, ByteBuffer chunk, long[] values, int at) {
    for (int i = at; chunk.hasRemaining(); i++) {
      values[i] =
          switch (dtype) {
            case I64 -> chunk.getLong();
            case I32 -> chunk.getInt();
            case I16 -> chunk.getShort();
            case I8 -> chunk.get();
            case U8, BOOL -> chunk.get() & 0xff;
            case U16 -> chunk.getShort() & 0xffff;
            case U32 -> chunk.getInt() & 0xffffffffL;
            case U64 -> within(dtype, chunk.getLong(), 0, Long.MAX_VALUE);
            default -> throw new IllegalArgumentException(dtype + " holds no integers");
          };
    }
  }

  /** Values as little-endian bytes of a type of floats. */
  public static ByteBuffer bytes(DType dtype, float[] values) {
    ByteBuffer bytes = allocate(dtype, values.length);
    for (float value : values) {
      switch (dtype) {
        case F64 -> bytes.putDouble(value);
        case F32 -> bytes.putFloat(value);
        case F16 -> bytes.putShort(Half.toF16(value));
        case BF16 -> bytes.putShort(Half.toBf16(value));
        default -> throw new IllegalArgumentException(dtype + " holds no floats");
      }
    }
    return bytes.flip();
  }

  /** Values as little-endian bytes of a type of integers. */
  public static ByteBuffer bytes(DType dtype, long[] values) {
    ByteBuffer bytes = allocate(dtype, values.length);
    for (long value : values) {
      switch (dtype) {
        case I64 -> bytes.putLong(value);
        case I32 -> bytes.putInt((int) within(dtype, value, Integer.MIN_VALUE, Integer.MAX_VALUE));
        case I16 -> bytes.putShort((short) within(dtype, value, Short.MIN_VALUE, Short.MAX_VALUE));
        case I8 -> bytes.put((byte) within(dtype, value, Byte.MIN_VALUE, Byte.MAX_VALUE));
        case U8 -> bytes.put((byte) within(dtype, value, 0, 255));
        case U16 -> bytes.putShort((short) within(dtype, value, 0, 0xffff));
        case U32 -> bytes.putInt((int) within(dtype, value, 0, 0xffffffffL));
        case U64 -> bytes.putLong(within(dtype, value, 0, Long.MAX_VALUE));
        case BOOL -> bytes.put((byte) within(dtype, value, 0, 1));
        default -> throw new IllegalArgumentException(dtype + " holds no integers");
      }
    }
    return bytes.flip();
  }

  private static ByteBuffer allocate(DType dtype, int length) {
    int size = Math.multiplyExact(length, dtype.bytes());
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long within(DType dtype, long value, long low, long high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s holds %d..%d but the value is %s",
              dtype,
              low,
              high,
              dtype == DType.U64 ? Long.toUnsignedString(value) : Long.toString(value)));
    }
    return value;
  }
}
