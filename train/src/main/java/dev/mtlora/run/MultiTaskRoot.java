package dev.mtlora.run;

import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the sources of the papers' datasets have in common. */
final class MultiTaskRoot {
  private MultiTaskRoot() {}

  /** The folder, which must be given once samples are needed. */
  static Path required(Optional<Path> root, String dataset) {
    return root.orElseThrow(
        () ->
            new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "data.root is missing: name the folder of %s with --set data.root=FOLDER"
                        + " (docs/data.md says where to get it), or try the same model on made-up"
                        + " scenes with --set data=scenes",
                    dataset)));
  }

  /**
   * The names of the tasks, if they read what the dataset has.
   *
   * @param labels of the dataset by task; what it has none of is refused later
   */
  static List<String> labelled(List<Task> tasks, Map<String, Label> labels) {
    for (Task task : tasks) {
      Label label = labels.get(task.name());
      if (label != null) {
        check(task, label);
      }
    }
    return tasks.stream().map(Task::name).toList();
  }

  private static void check(Task task, Label label) {
    if (label instanceof Label.Classes of
        && task.label() instanceof Label.Classes wanted
        && of.count() != wanted.count()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the labels of %s have %d classes but the task has %d: set tasks.%s.classes: %d",
              task.name(),
              of.count(),
              wanted.count(),
              task.name(),
              of.count()));
    }
    if (!label.getClass().equals(task.label().getClass())
        || label.channels() != task.label().channels()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the labels of %s are %s, but the task reads %s: give the task another name",
              task.name(),
              label.form(),
              task.label().form()));
    }
  }
}
