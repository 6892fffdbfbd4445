package dev.mtlora.task;

import java.util.Locale;

/** What the settings of all tasks have in common. */
final class Checks {
  private Checks() {}

  static void weight(String task, double weight) {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s.weight must be a finite number of at least 0 but is %s",
              task,
              weight));
    }
  }

  /** Checks the length of a picture's values. */
  static void picture(String task, float[] values, int channels, int height, int width) {
    if (values.length != (long) channels * height * width) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a picture of task %s needs [%d, %d, %d] = %d values but got %d",
              task,
              channels,
              height,
              width,
              (long) channels * height * width,
              values.length));
    }
  }
}
