package dev.mtlora.peft;

import java.util.Locale;

/** The checks of sizes that methods have in common, made before there is anything of that size. */
final class Sizes {
  /** The largest rank, and the largest of the other sizes that a method adds to a model. */
  static final int MOST = 4096;

  private Sizes() {}

  static void check(int value, String key) {
    if (value < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be at least 1 but is %d", key, value));
    }
    if (value > MOST) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be at most %,d but is %d", key, MOST, value));
    }
  }

  /** A rank that may be 0. */
  static void checkRank(int value, String key) {
    if (value < 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be at least 0 but is %d", key, value));
    }
    if (value > MOST) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be at most %,d but is %d", key, MOST, value));
    }
  }

  static void checkReduction(int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "reduction must be at least 1, width by bottleneck, but is " + value);
    }
  }
}
