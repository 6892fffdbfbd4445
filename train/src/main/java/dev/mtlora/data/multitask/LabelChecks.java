package dev.mtlora.data.multitask;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What both datasets check. */
final class LabelChecks {
  private LabelChecks() {}

  /** A copy of the tasks, if the dataset has labels for all of them. */
  static List<String> known(List<String> tasks, List<String> known, String dataset) {
    for (String task : tasks) {
      if (!known.contains(task)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s has no labels for the task %s; it has %s",
                dataset,
                task,
                String.join(", ", known)));
      }
    }
    return List.copyOf(tasks);
  }

  /**
   * The array, if it has the right number of channels and every value lies in a range.
   *
   * @param meaning what the values are, for the message
   */
  static Raster within(
      Raster array, int channels, float least, float most, Path file, String meaning) {
    if (array.channels() != channels) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s has %d values per pixel, not %d; use the files of the dataset as published",
              file,
              array.channels(),
              channels));
    }
    float[] values = array.values();
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= least && values[i] <= most)) {
        int pixel = i / channels;
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s holds %s at column %d, row %d, but %s; use the files of the dataset as published",
                file,
                values[i],
                pixel % array.width(),
                pixel / array.width(),
                meaning));
      }
    }
    return array;
  }
}
