package dev.mtlora.metric.edges;

/** The 99 thresholds 0.01, 0.02 ... 0.99 of the benchmark; a pixel is an edge from p &gt;= t on. */
final class Thresholds {
  static final int COUNT = 99;

  private Thresholds() {}

  /** How many thresholds a probability passes, 0..99: the highest it passes is this / 100. */
  static int passed(float probability) {
    int guess = Math.min(COUNT, Math.max(0, (int) (probability * 100))); // rounding: one off
    if (guess < COUNT && probability >= threshold(guess + 1)) {
      return guess + 1;
    }
    return guess > 0 && probability < threshold(guess) ? guess - 1 : guess;
  }

  private static float threshold(int number) {
    return number / 100f;
  }
}
