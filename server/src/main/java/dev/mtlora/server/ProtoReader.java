package dev.mtlora.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/**
 * Reads a message in the form of Protocol Buffers: fields, each a number and a value, in any order.
 * Who knows none of a number skips it. A message inside is a reader of its own, of a part of the
 * same bytes; nothing is copied before it is asked for, and no length is believed that is more than
 * what is left.
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private final ByteBuffer in;
  private int field;
  private int wire;

  ProtoReader(ByteBuffer message) {
    in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Goes to the next field, once the last one was read or skipped; false at the end. */
  boolean next() {
    if (!in.hasRemaining()) {
      return false;
    }
    long tag = varint();
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw broken();
    }
    field = (int) (tag >>> 3);
    wire = (int) tag & 7;
    return true;
  }

  /** The number of the field. */
  int field() {
    return field;
  }

  /** Leaves the field out. */
  void skip() {
    switch (wire) {
      case VARINT -> varint();
      case FIXED_64 -> part(Long.BYTES);
      case BYTES -> slice();
      case FIXED_32 -> part(Integer.BYTES);
      default -> throw broken();
    }
  }

  long number() {
    require(VARINT);
    return varint();
  }

  boolean truth() {
    return number() != 0;
  }

  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(slice()).toString();
    } catch (CharacterCodingException e) {
      throw Refusal.bad("a text of the message is not UTF-8");
    }
  }

  ProtoReader message() {
    return new ProtoReader(slice());
  }

  byte[] bytes() {
    ByteBuffer own = slice();
    byte[] bytes = new byte[own.remaining()];
    own.get(bytes);
    return bytes;
  }

  /** The bytes of the field, where they are. */
  ByteBuffer slice() {
    require(BYTES);
    return part(varint());
  }

  /** Numbers of four bytes, one or many. */
  void floats(FloatList into) {
    if (wire == FIXED_32) {
      into.add(part(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).getFloat());
      return;
    }
    ByteBuffer all = slice().order(ByteOrder.LITTLE_ENDIAN);
    if (all.remaining() % Float.BYTES != 0) {
      throw broken();
    }
    into.reserve(all.remaining() / Float.BYTES);
    while (all.hasRemaining()) {
      into.add(all.getFloat());
    }
  }

  /** Whole numbers from 0 to 2^32 - 1, one or many. */
  void counts(FloatList into) {
    if (wire == VARINT) {
      into.add((float) (varint() & 0xffff_ffffL));
      return;
    }
    ProtoReader all = message();
    into.reserve(all.varints());
    while (all.in.hasRemaining()) {
      into.add((float) (all.varint() & 0xffff_ffffL));
    }
  }

  /** How many numbers it is, each of which ends with a byte below 128. */
  private int varints() {
    int count = 0;
    for (int i = 0; i < in.limit(); i++) {
      count += in.get(i) >= 0 ? 1 : 0;
    }
    return count;
  }

  /** Hears whole numbers, one or many. */
  void numbers(LongConsumer into) {
    if (wire == VARINT) {
      into.accept(varint());
      return;
    }
    ProtoReader all = message();
    while (all.in.hasRemaining()) {
      into.accept(all.varint());
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE && in.hasRemaining(); shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw broken();
  }

  private ByteBuffer part(long length) {
    if (length < 0 || length > in.remaining()) {
      throw broken();
    }
    ByteBuffer own = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return own;
  }

  private void require(int wanted) {
    if (wire != wanted) {
      throw broken();
    }
  }

  private static Refusal broken() {
    return Refusal.bad("the message is cut off, or not what the method takes");
  }
}
