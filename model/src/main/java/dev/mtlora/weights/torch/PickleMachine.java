package dev.mtlora.weights.torch;

import dev.mtlora.weights.Allowance;
import dev.mtlora.weights.FileBytes;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads what Python's pickle module has written, protocols 2 to 5, without Python's power to run
 * code.
 *
 * <p>A pickle is a program for a stack machine. Ours makes texts, numbers, lists and dictionaries.
 * Names of classes and functions stay names; objects of unknown classes become a {@link PickleDict}
 * without a soul; a call is the {@link PickleHost}'s decision, and refused if it does not know the
 * function. Numbers with a fraction, byte strings and {@code None} become {@link PickleObject}s,
 * for no tensor needs them. Everything made is charged to an {@link Allowance}; nothing recurses.
 */
final class PickleMachine {
  private static final int MAX_PROTOCOL = 5;

  /** Longer texts are no names, and are not kept. */
  private static final int MAX_TEXT = 1 << 16;

  private static final int MAX_NAME = 1 << 10;

  private final FileBytes in;
  private final Allowance allowance;
  private final PickleHost host;
  private final PickleStack stack;
  private final Map<Long, Object> memo = new HashMap<>();

  PickleMachine(FileBytes in, Allowance allowance, PickleHost host) {
    this.in = in;
    this.allowance = allowance;
    this.host = host;
    this.stack = new PickleStack(in, allowance);
  }

  /** Reads one pickle; the next byte of the input is the one after it. */
  Object run() throws IOException {
    while (true) {
      int code = in.unsigned8();
      if (code == '.') {
        return stack.pop();
      }
      if (!scalar(code) && !container(code) && !memory(code) && !object(code)) {
        throw in.fault(
            String.format(
                Locale.ROOT,
                "has the pickle instruction 0x%02x, which torch.save does not write",
                code));
      }
    }
  }

  private boolean scalar(int code) throws IOException {
    switch (code) {
      case 'N' -> stack.push(PickleObject.NONE);
      case 0x88 -> stack.push(true);
      case 0x89 -> stack.push(false);
      case 'J' -> stack.push((long) in.int32());
      case 'K' -> stack.push((long) in.unsigned8());
      case 'M' -> stack.push((long) in.unsigned16());
      case 'I' -> stack.push(decimal(line()));
      case 0x8a -> stack.push(integer(in.unsigned8()));
      case 0x8b -> stack.push(integer(in.unsigned32()));
      case 'G' -> skipped(Double.BYTES, PickleObject.NUMBER);
      case 'X', 'T' -> text(in.unsigned32());
      case 0x8c, 'U' -> text(in.unsigned8());
      case 0x8d -> text(in.int64());
      case 'B' -> skipped(in.unsigned32(), PickleObject.BYTES);
      case 'C' -> skipped(in.unsigned8(), PickleObject.BYTES);
      case 0x8e, 0x96 -> skipped(in.int64(), PickleObject.BYTES);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void text(long length) throws IOException {
    if (length < 0 || length > MAX_TEXT) {
      skipped(length, PickleObject.LONG_TEXT);
      return;
    }
    allowance.chargeText(length);
    stack.push(in.utf8(length, MAX_TEXT));
  }

  private void skipped(long length, PickleObject kind) throws IOException {
    in.skip(length);
    stack.push(kind);
  }

  /** A line costs twice, in the builder that collects it and as a text. */
  private String line() throws IOException {
    String line = in.line(MAX_NAME);
    allowance.charge(Allowance.OBJECT + line.length());
    allowance.chargeText(line.length());
    return line;
  }

  private Object decimal(String digits) {
    try {
      return Long.valueOf(digits);
    } catch (NumberFormatException e) {
      return PickleObject.NUMBER;
    }
  }

  private Object integer(long length) throws IOException {
    if (length > Long.BYTES) {
      in.skip(length);
      return PickleObject.NUMBER;
    }
    byte[] littleEndian = in.bytes(length, Long.BYTES);
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
    }
    return bigEndian.length == 0 ? 0L : new BigInteger(bigEndian).longValueExact();
  }

  private boolean container(int code) {
    switch (code) {
      case '(' -> stack.mark();
      case '0' -> stack.pop();
      case '1' -> stack.popMark();
      case '2' -> stack.push(stack.top());
      case '}' -> stack.push(dict("dict", List.of()));
      case 'd' -> stack.push(dict("dict", stack.popMark()));
      case ']' -> stack.push(list(List.of()));
      case 'l' -> stack.push(list(stack.popMark()));
      case ')' -> stack.push(List.of());
      case 't' -> stack.push(stack.popMark());
      case 0x85 -> stack.push(stack.popLast(1));
      case 0x86 -> stack.push(stack.popLast(2));
      case 0x87 -> stack.push(stack.popLast(3));
      case 0x8f -> stack.push(PickleObject.SET);
      case 0x91 -> {
        stack.popMark();
        stack.push(PickleObject.SET);
      }
      case 0x90 -> stack.popMark(); // items of a set
      case 'a' -> append(stack.popLast(1));
      case 'e' -> append(stack.popMark());
      case 's' -> put(stack.popLast(2), stack.top());
      case 'u' -> put(stack.popMark(), stack.top());
      default -> {
        return false;
      }
    }
    return true;
  }

  private PickleDict dict(String type, List<Object> items) {
    allowance.charge(3 * Allowance.OBJECT);
    PickleDict dict = new PickleDict(type);
    put(items, dict);
    return dict;
  }

  private List<Object> list(List<Object> items) {
    allowance.charge(2 * Allowance.OBJECT + Allowance.SLOT * items.size());
    return new ArrayList<>(items);
  }

  /** Appends to the list on top; a subclass of list, like all unknown objects, keeps nothing. */
  private void append(List<Object> items) {
    if (stack.top() instanceof ArrayList<?>) {
      @SuppressWarnings("unchecked") // only list() makes these
      List<Object> list = (List<Object>) stack.top();
      allowance.charge(Allowance.SLOT * items.size());
      list.addAll(items);
    }
  }

  private void put(List<Object> items, Object target) {
    if (items.size() % 2 != 0) {
      throw in.fault("is no sound pickle: a dictionary gets a key without a value");
    }
    if (target instanceof PickleDict dict) {
      allowance.charge(Allowance.SLOT * items.size());
      for (int i = 0; i < items.size(); i += 2) {
        dict.put(items.get(i), items.get(i + 1));
      }
    }
  }

  private boolean memory(int code) throws IOException {
    switch (code) {
      case 'q' -> remember(in.unsigned8());
      case 'r' -> remember(in.unsigned32());
      case 0x94 -> remember(memo.size());
      case 'h' -> stack.push(recall(in.unsigned8()));
      case 'j' -> stack.push(recall(in.unsigned32()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void remember(long index) {
    allowance.charge(2 * Allowance.OBJECT);
    memo.put(index, stack.top());
  }

  private Object recall(long index) {
    Object value = memo.get(index);
    if (value == null) {
      throw in.fault("is no sound pickle: it uses item " + index + " before making it");
    }
    return value;
  }

  private boolean object(int code) throws IOException {
    switch (code) {
      case 0x80 -> protocol(in.unsigned8());
      case 0x95 -> in.int64(); // length of a frame, for readers that want to fetch it at once
      case 'c' -> stack.push(global(line(), line()));
      case 0x93 -> {
        String name = stack.pop(String.class, "a name");
        stack.push(global(stack.pop(String.class, "a module"), name));
      }
      case 'Q' -> stack.push(host.persistent(stack.pop()));
      case 'R' -> {
        List<?> arguments = stack.pop(List.class, "a tuple of arguments");
        stack.push(call(List.copyOf(arguments)));
      }
      case 0x81 -> newObject(1);
      case 0x92 -> newObject(2);
      case 'b' -> stack.pop(); // attributes: not kept
      default -> {
        return false;
      }
    }
    return true;
  }

  private void protocol(int version) {
    if (version > MAX_PROTOCOL) {
      throw in.fault(
          String.format(
              Locale.ROOT, "has pickle protocol %d; 2 to %d are known", version, MAX_PROTOCOL));
    }
  }

  private PickleGlobal global(String module, String name) {
    allowance.charge(Allowance.OBJECT);
    allowance.chargeText(module.length() + name.length());
    return new PickleGlobal(module + "." + name);
  }

  private Object call(List<Object> arguments) {
    allowance.charge(3 * Allowance.OBJECT + 2 * Allowance.SLOT * arguments.size());
    return host.call(stack.pop(PickleGlobal.class, "a function"), arguments);
  }

  /** An object without a call of its class: none of its code would run in Python either. */
  private void newObject(int arguments) {
    stack.popLast(arguments);
    stack.push(dict(stack.pop(PickleGlobal.class, "a class").name(), List.of()));
  }
}
