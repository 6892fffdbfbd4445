package dev.mtlora.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A message in protobuf's wire format (<a
 * href="https://protobuf.dev/programming-guides/encoding/">encoding</a>): fields in the order in
 * which they are put. Large fields are made when they are written, one after the other, so that a
 * message needs little memory however large it is.
 */
final class Protobuf {
  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private final List<Part> parts = new ArrayList<>();
  private ByteArrayOutputStream out = new ByteArrayOutputStream(); // what comes after the parts
  private long before; // bytes of the parts

  /** Some bytes of the message. */
  private record Part(int length, Supplier<ByteBuffer> content) {}

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
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    tag(field, BYTES);
    varint(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  /** Strings, each a field of its own. */
  Protobuf texts(int field, List<String> values) {
    values.forEach(value -> text(field, value));
    return this;
  }

  /**
   * Bytes that are made when they are written.
   *
   * @param content gives them, each time anew
   */
  Protobuf bytes(int field, int length, Supplier<ByteBuffer> content) {
    tag(field, BYTES);
    varint(length);
    endPart();
    add(new Part(length, content));
    return this;
  }

  /** A message within this one. */
  Protobuf message(int field, Protobuf value) {
    tag(field, BYTES);
    varint(value.size());
    if (!value.parts.isEmpty()) {
      endPart();
      value.parts.forEach(this::add);
    }
    out.writeBytes(value.out.toByteArray());
    return this;
  }

  /** Bytes that were put so far. */
  long size() {
    return before + out.size();
  }

  /** Writes what was put so far. */
  void writeTo(WritableByteChannel channel) throws IOException {
    for (Part part : parts) {
      write(part.content().get(), channel);
    }
    write(ByteBuffer.wrap(out.toByteArray()), channel);
  }

  /** Writes all of a buffer. */
  static void write(ByteBuffer bytes, WritableByteChannel channel) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private void add(Part part) {
    parts.add(part);
    before += part.length();
  }

  private void endPart() {
    byte[] bytes = out.toByteArray();
    if (bytes.length > 0) {
      add(new Part(bytes.length, () -> ByteBuffer.wrap(bytes)));
      out = new ByteArrayOutputStream();
    }
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
