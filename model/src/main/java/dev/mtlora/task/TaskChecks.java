package dev.mtlora.task;

import dev.mtlora.files.Printable;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the settings of all tasks have in common. */
final class TaskChecks {
  private TaskChecks() {}

  static void weight(double weight) {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "weight must be a finite number of at least 0 but is %s", weight));
    }
  }

  /** Checks that no two names are equal. */
  static void different(List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "names has '%s' twice: every class needs a name of its own",
                Printable.of(name)));
      }
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
