package dev.mtlora.metric;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Scores by name in the order in which they were put. */
final class NamedScores {
  private final Map<String, Double> byName = new LinkedHashMap<>();

  NamedScores put(String name, double value) {
    byName.put(name, value);
    return this;
  }

  Map<String, Double> map() {
    return Collections.unmodifiableMap(byName);
  }

  /** Another meter as one of the same kind. */
  static <M extends Meter> M same(Class<M> kind, Meter other) {
    if (!kind.isInstance(other)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a %s cannot take in a %s: only meters of one task can be merged",
              kind.getSimpleName(),
              other.getClass().getSimpleName()));
    }
    return kind.cast(other);
  }

  /** The quotient, NaN where there is nothing to divide by. */
  static double ratio(double sum, double count) {
    return count == 0 ? Double.NaN : sum / count;
  }
}
