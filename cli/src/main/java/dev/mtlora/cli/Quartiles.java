package dev.mtlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The middle of some measurements, and how far they spread: what lies between two of them is
 * interpolated, so that the median of an even number is the mean of the middle two.
 *
 * @param lower a quarter is below it
 * @param median half is below it
 * @param upper a quarter is above it
 */
record Quartiles(double lower, double median, double upper) {
  /** Of at least one value. */
  static Quartiles of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
  }

  private static double at(List<Double> sorted, double share) {
    double place = share * (sorted.size() - 1);
    double lower = sorted.get((int) Math.floor(place));
    double upper = sorted.get((int) Math.ceil(place));
    return lower + (place - Math.floor(place)) * (upper - lower);
  }

  void write(ObjectNode node) {
    node.put("median", median).put("lower_quartile", lower).put("upper_quartile", upper);
  }
}
