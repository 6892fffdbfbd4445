package dev.mtlora.weights.torch;

import java.util.ArrayList;
import java.util.List;

/**
 * A dictionary of a pickle, or an object of any other class, of which nothing but its items is
 * kept. Keys are not compared or hashed: they are anything that the file says.
 */
final class PickleDict {
  private final String type;
  private final List<Object> keys = new ArrayList<>();
  private final List<Object> values = new ArrayList<>();

  /** An empty one of a Python class. */
  PickleDict(String type) {
    this.type = type;
  }

  /** The Python class. */
  String type() {
    return type;
  }

  void put(Object key, Object value) {
    keys.add(key);
    values.add(value);
  }

  int size() {
    return keys.size();
  }

  Object key(int index) {
    return keys.get(index);
  }

  Object value(int index) {
    return values.get(index);
  }

  @Override
  public String toString() {
    return "an object of " + type;
  }
}
