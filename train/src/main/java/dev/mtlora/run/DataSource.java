package dev.mtlora.run;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Split;
import dev.mtlora.image.Fit;
import dev.mtlora.task.Task;
import java.util.List;
import java.util.Optional;

/** Where samples come from, as a configuration says; nothing is read before it is asked for. */
public interface DataSource {
  /**
   * The samples that train, before augmentation.
   *
   * @param tasks whose labels are needed
   * @param imageSize side of the images that the model takes; sources that render make this size
   * @throws IllegalArgumentException if a task can't have labels here
   */
  Dataset training(List<Task> tasks, int imageSize);

  /** How pictures become what the model sees, also those that are predicted; as it was written. */
  Optional<Fit> resize();

  /** The same, or what is usual. */
  default Fit fit() {
    return resize().orElse(Fit.USUAL);
  }

  /** The samples that validate; see {@link #training}. */
  Dataset validation(List<Task> tasks, int imageSize);

  /** True if there are samples that neither train nor validate. */
  default boolean hasTest() {
    return false;
  }

  /**
   * The samples that neither train nor validate; see {@link #training}.
   *
   * @throws IllegalArgumentException if there are none
   */
  default Dataset test(List<Task> tasks, int imageSize) {
    throw new IllegalArgumentException(
        "this data has no images that test: name some (data.test, data.split.test or"
            + " data.folders.test of data.kind: folder), or take val");
  }

  /** The samples of a split. */
  default Dataset of(Split split, List<Task> tasks, int imageSize) {
    return switch (split) {
      case TRAIN -> training(tasks, imageSize);
      case VAL -> validation(tasks, imageSize);
      case TEST -> test(tasks, imageSize);
    };
  }

  /**
   * How many images a published dataset has, 0 if this is none.
   *
   * @param training true for those that train, false for those that validate
   */
  default int published(boolean training) {
    return 0;
  }
}
