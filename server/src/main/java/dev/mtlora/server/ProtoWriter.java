package dev.mtlora.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a message in the form of Protocol Buffers, behind the five bytes that gRPC puts before it.
 * What is empty, false or 0 is left out: that is what it means not to be there.
 */
final class ProtoWriter {
  private static final int PREFIX = 5;
  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int LONGEST_VARINT = 10;

  private byte[] out = new byte[64];
  private int size = PREFIX;

  ProtoWriter truth(int field, boolean value) {
    if (value) {
      tag(field, VARINT).varint(1);
    }
    return this;
  }

  ProtoWriter text(int field, String value) {
    return value.isEmpty() ? this : bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** An item, empty or not. */
  ProtoWriter bytes(int field, byte[] value) {
    return bytes(field, value, 0, value.length);
  }

  ProtoWriter message(int field, ProtoWriter value) {
    return bytes(field, value.out, PREFIX, value.size - PREFIX);
  }

  private ProtoWriter bytes(int field, byte[] of, int from, int length) {
    tag(field, BYTES).varint(length).reserve(length);
    System.arraycopy(of, from, out, size, length);
    size += length;
    return this;
  }

  ProtoWriter sides(int field, int[] shape) {
    ProtoWriter all = new ProtoWriter();
    for (int side : shape) {
      all.varint(side);
    }
    return message(field, all);
  }

  ProtoWriter floats(int field, float[] values) {
    int length = Math.multiplyExact(values.length, Float.BYTES);
    tag(field, BYTES).varint(length).reserve(length);
    ByteBuffer.wrap(out, size, length).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    size += length;
    return this;
  }

  /** Whole numbers. */
  ProtoWriter wholes(int field, float[] values) {
    ProtoWriter all = new ProtoWriter();
    for (float value : values) {
      all.varint((long) value);
    }
    return message(field, all);
  }

  private ProtoWriter tag(int field, int wire) {
    return varint((long) field << 3 | wire);
  }

  private ProtoWriter varint(long value) {
    reserve(LONGEST_VARINT);
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out[size++] = (byte) (left & 0x7f | 0x80);
      left >>>= 7;
    }
    out[size++] = (byte) left;
    return this;
  }

  private void reserve(int more) {
    if (more > out.length - size) {
      out =
          Arrays.copyOf(
              out, Math.max(Math.addExact(size, more), (int) Math.min(2L * size, 1 << 30)));
    }
  }

  /** The message as it is sent, not compressed. */
  byte[] framed() {
    byte[] all = Arrays.copyOf(out, size);
    ByteBuffer.wrap(all).put((byte) 0).putInt(size - PREFIX);
    return all;
  }
}
