package dev.mtlora.compare;

import java.util.List;
import java.util.Locale;

/**
 * Numbers of several seeds as one.
 *
 * @param mean NaN of none
 * @param deviation standard deviation of the sample (n - 1); NaN of fewer than two
 * @param count how many there are
 */
public record Spread(double mean, double deviation, int count) {
  /** Of some numbers. */
  public static Spread of(List<Double> values) {
    int n = values.size();
    double mean = values.stream().mapToDouble(Double::doubleValue).sum() / n; // 0 / 0 is NaN
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return new Spread(mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1)), n);
  }

  /** {@code mean ± deviation}, the latter if there is one; a dash of none. */
  String text(String format) {
    if (Double.isNaN(mean)) {
      return "–";
    }
    String text = String.format(Locale.ROOT, format, mean);
    return Double.isNaN(deviation)
        ? text
        : text + " ± " + String.format(Locale.ROOT, format.replace("+", ""), deviation);
  }
}
