package dev.mtlora.run;

import java.util.Locale;

/** Ranges that several settings share. */
final class Checks {
  private Checks() {}

  /** The value, if it lies in [0, 1). */
  static double rate(double value, String path) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be at least 0 and below 1 but is %s", path, value));
    }
    return value;
  }

  /** The value, if it is at least the smallest. */
  static int atLeast(int smallest, int value, String path) {
    if (value < smallest) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be at least %d but is %d", path, smallest, value));
    }
    return value;
  }

  /** The value, if it is neither below the smallest nor above the largest. */
  static int between(int smallest, int largest, int value, String path) {
    if (value > largest) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be at most %,d but is %d", path, largest, value));
    }
    return atLeast(smallest, value, path);
  }

  /** The value, if it is not negative. */
  static double notNegative(double value, String path) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must not be negative but is %s", path, value));
    }
    return value;
  }
}
