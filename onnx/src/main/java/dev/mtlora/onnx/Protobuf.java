package dev.mtlora.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A message in protobuf's wire format (<a
 * href="https://protobuf.dev/programming-guides/encoding/">encoding</a>): fields in the order in
 * which they are put.
 */
final class Protobuf {
  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A whole number: int32, int64, enum. */
  Protobuf number(int field, long value) {
    tag(field, VARINT);
    varint(value);
    return this;
  }

  /** A float. */
  Protobuf real(int field, float value) {
    tag(field, FIXED_32);
    byte[] bytes = new byte[Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(value);
    out.writeBytes(bytes);
    return this;
  }

  /** A string. */
  Protobuf text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Strings, each a field of its own. */
  Protobuf texts(int field, List<String> values) {
    values.forEach(value -> text(field, value));
    return this;
  }

  /** Bytes. */
  Protobuf bytes(int field, byte[] value) {
    tag(field, BYTES);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  /** A message within this one. */
  Protobuf message(int field, Protobuf value) {
    return bytes(field, value.toBytes());
  }

  /** What was put so far. */
  byte[] toBytes() {
    return out.toByteArray();
  }

  private void tag(int field, int type) {
    varint((long) field << 3 | type);
  }

  private void varint(long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      out.write((int) (left & 0x7F | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }
}
