package dev.mtlora.train.balance;

import java.util.Locale;

/** The range that several settings share. */
final class Positive {
  private Positive() {}

  static void check(double value, String name) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be a positive number but is %s", name, value));
    }
  }
}
