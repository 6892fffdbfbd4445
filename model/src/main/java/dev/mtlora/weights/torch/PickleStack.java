package dev.mtlora.weights.torch;

import dev.mtlora.weights.Allowance;
import dev.mtlora.weights.FileBytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** The stack of a pickle machine, with its marks. */
final class PickleStack {
  private final FileBytes in;
  private final Allowance allowance;
  private final List<Object> values = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();

  PickleStack(FileBytes in, Allowance allowance) {
    this.in = in;
    this.allowance = allowance;
  }

  void push(Object value) {
    allowance.charge(Allowance.SLOT);
    values.add(value);
  }

  Object pop() {
    Object top = top();
    values.remove(values.size() - 1);
    return top;
  }

  /** The last value, which stays. */
  Object top() {
    int bottom = marks.isEmpty() ? 0 : marks.peek();
    if (values.size() <= bottom) {
      throw in.fault("is no sound pickle: its stack is empty");
    }
    return values.get(values.size() - 1);
  }

  /** The last value that must be of a type. */
  <T> T pop(Class<T> type, String what) {
    Object top = pop();
    if (!type.isInstance(top)) {
      throw in.fault(
          String.format(
              Locale.ROOT,
              "is no sound pickle: %s is needed but there is %s",
              what,
              describe(top)));
    }
    return type.cast(top);
  }

  void mark() {
    allowance.charge(Allowance.SLOT);
    marks.push(values.size());
  }

  /** Takes everything since the last mark. */
  List<Object> popMark() {
    if (marks.isEmpty()) {
      throw in.fault("is no sound pickle: it has no mark");
    }
    return popLast(values.size() - marks.pop());
  }

  /** Takes the last values, the earliest first; they are not to be changed. */
  List<Object> popLast(int count) {
    if (values.size() - count < (marks.isEmpty() ? 0 : marks.peek())) {
      throw in.fault("is no sound pickle: its stack is too short");
    }
    allowance.charge(Allowance.OBJECT + Allowance.SLOT * count);
    List<Object> tail = values.subList(values.size() - count, values.size());
    List<Object> taken = List.copyOf(tail);
    tail.clear();
    return taken;
  }

  /** A value in a few words, however large or strange it is. */
  static String describe(Object value) {
    if (value instanceof List<?> list) {
      return "a list of " + list.size();
    }
    String text = value.toString();
    return text.length() > 100 ? text.substring(0, 100) + "..." : text;
  }
}
