package dev.mtlora.peft;

/** The check of sizes that several methods have. */
final class AtLeastOne {
  private AtLeastOne() {}

  static void check(int value, String key) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "method.%s must be at least 1 but is %d".formatted(key, value));
    }
  }

  static void checkReduction(int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "method.reduction must be at least 1, width by bottleneck, but is " + value);
    }
  }
}
