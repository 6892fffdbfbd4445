package dev.mtlora.run;

import dev.mtlora.data.YamlBlock;
import dev.mtlora.task.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the sources of the papers' datasets have in common. */
final class MultiTaskRoot {
  private MultiTaskRoot() {}

  static Optional<Path> read(YamlBlock yaml) {
    return yaml.has("root") ? Optional.of(Path.of(yaml.text("root"))) : Optional.empty();
  }

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

  /** The names of the tasks, if the semantic classes are the dataset's. */
  static List<String> labelled(List<Task> tasks, int classes) {
    for (Task task : tasks) {
      if (task.name().equals("semseg") && task.outputs() != classes) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the labels of semseg have %d classes but the task has %d: set tasks.semseg.classes: %d",
                classes,
                task.outputs(),
                classes));
      }
    }
    return tasks.stream().map(Task::name).toList();
  }
}
