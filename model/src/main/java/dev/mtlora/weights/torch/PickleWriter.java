package dev.mtlora.weights.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The instructions of pickle protocol 2 that a state dictionary needs, one after the other. */
final class PickleWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PickleWriter() {
    raw(0x80, 2);
  }

  /** Any bytes. */
  PickleWriter raw(int... bytes) {
    for (int value : bytes) {
      out.write(value);
    }
    return this;
  }

  PickleWriter mark() {
    return raw('(');
  }

  /** All since the mark, as a tuple. */
  PickleWriter tuple() {
    return raw('t');
  }

  PickleWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    raw('X');
    number(Integer.BYTES, utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  PickleWriter integer(long value) {
    raw(0x8a, Long.BYTES);
    return number(Long.BYTES, value);
  }

  PickleWriter integers(long... values) {
    mark();
    for (long value : values) {
      integer(value);
    }
    return tuple();
  }

  PickleWriter no() {
    return raw(0x89);
  }

  /** A class or function by its name. */
  PickleWriter global(String module, String name) {
    raw('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Calls the function below the tuple of its arguments. */
  PickleWriter call() {
    return raw('R');
  }

  PickleWriter emptyDict() {
    return raw('}');
  }

  PickleWriter emptyOrderedDict() {
    return global("collections", "OrderedDict").raw(')').call();
  }

  /** Puts the keys and values since the mark into the dictionary below it. */
  PickleWriter setItems() {
    return raw('u');
  }

  /** A storage that lies outside the pickle. */
  PickleWriter storage(String key, TorchType type, long elements) {
    int dot = type.storageClass().lastIndexOf('.');
    mark().text("storage");
    global(type.storageClass().substring(0, dot), type.storageClass().substring(dot + 1));
    return text(key).text("cpu").integer(elements).tuple().raw('Q');
  }

  /** The finished pickle. */
  byte[] bytes() {
    raw('.');
    return out.toByteArray();
  }

  private PickleWriter number(int bytes, long value) {
    ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(number.putLong(value).array(), 0, bytes);
    return this;
  }
}
