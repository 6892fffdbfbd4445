package dev.mtlora.server;

import java.util.Arrays;

/** Numbers that come in one after the other. */
final class FloatList {
  private static final int FIRST = 64;

  private float[] values = new float[0];
  private int count;

  void add(float value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, Math.max(FIRST, 2 * count));
    }
    values[count++] = value;
  }

  /** Makes room for so many more, and as many as there are: they may come one by one. */
  void reserve(int more) {
    if (more > values.length - count) {
      long twice = Math.min(2L * values.length, Integer.MAX_VALUE - 8);
      values = Arrays.copyOf(values, (int) Math.max(Math.addExact(count, more), twice));
    }
  }

  int count() {
    return count;
  }

  /** All of them; there must be no others afterwards. */
  float[] all() {
    return count == values.length ? values : Arrays.copyOf(values, count);
  }
}
