package dev.mtlora.peft;

import java.util.Locale;

/** The check of sizes that several methods have. */
final class AtLeastOne {
  private AtLeastOne() {}

  static void check(int value, String key) {
    if (value < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "method.%s must be at least 1 but is %d", key, value));
    }
  }

  static void checkReduction(int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "method.reduction must be at least 1, width by bottleneck, but is " + value);
    }
  }
}
