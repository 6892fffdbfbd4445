package dev.mtlora.metric;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Scores by name in the order in which they were put. */
final class Scores {
  private final Map<String, Double> byName = new LinkedHashMap<>();

  Scores put(String name, double value) {
    byName.put(name, value);
    return this;
  }

  Map<String, Double> map() {
    return Collections.unmodifiableMap(byName);
  }

  /** The quotient, NaN where there is nothing to divide by. */
  static double ratio(double sum, double count) {
    return count == 0 ? Double.NaN : sum / count;
  }
}
