package dev.mtlora.train.balance;

/** The range that several settings share. */
final class Positive {
  private Positive() {}

  static void check(double value, String name) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "%s must be a positive number but is %s".formatted(name, value));
    }
  }
}
