package dev.mtlora.metric;

import java.util.List;
import java.util.stream.IntStream;

/** How often pixels of one class were taken for each class; the classes in the model's order. */
public final class Confusion {
  private static final double EPS = 1e-8;

  private final List<String> classes;
  private final long[] counts; // [actual * classes + predicted]

  /**
   * Keeps copies.
   *
   * @param classes a name each
   * @param counts {@code [actual * classes + predicted]}
   */
  Confusion(List<String> classes, long[] counts) {
    this.classes = List.copyOf(classes);
    this.counts = counts.clone();
  }

  /** The names. */
  public List<String> classes() {
    return classes;
  }

  /** Pixels of the class {@code actual} that were taken for the class {@code predicted}. */
  public long count(int actual, int predicted) {
    return counts[actual * classes.size() + predicted];
  }

  /** Pixels labelled as class c. */
  public long labelled(int c) {
    return IntStream.range(0, classes.size()).mapToLong(p -> count(c, p)).sum();
  }

  /** Labelled pixels that were taken for class c. */
  public long predicted(int c) {
    return IntStream.range(0, classes.size()).mapToLong(a -> count(a, c)).sum();
  }

  /** Intersection over union, 0..1; 0 for a class neither labelled nor predicted. */
  public double iou(int c) {
    long hit = count(c, c);
    return hit / Math.max(labelled(c) + predicted(c) - hit, EPS);
  }
}
