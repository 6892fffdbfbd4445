package dev.mtlora.run;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Encoding;
import dev.mtlora.data.FolderDataset;
import dev.mtlora.data.FolderSettings;
import dev.mtlora.data.FolderYaml;
import dev.mtlora.data.NormalsY;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.task.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * One's own pictures in folders.
 *
 * @param settings where they lie and how their labels are written
 * @param placed false if nobody has said where they lie: a model can be built without
 */
public record FolderSource(FolderSettings settings, boolean placed) implements DataSource {
  static FolderSource read(YamlBlock yaml) {
    return new FolderSource(FolderYaml.parse(yaml, Path.of("")), yaml.has("root"));
  }

  @Override
  public Dataset training(List<Task> tasks, int imageSize) {
    return FolderDataset.training(labelled(tasks));
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    return FolderDataset.validation(labelled(tasks));
  }

  private FolderSettings labelled(List<Task> tasks) {
    if (!placed) {
      throw new IllegalArgumentException(
          "data.root is missing: name the folder of the pictures with --set data.root=FOLDER");
    }
    FolderSettings labelled = settings.only(tasks.stream().map(Task::name).toList());
    for (Task task : tasks) {
      if (Objects.requireNonNull(labelled.labels().get(task.name())).encoding()
              instanceof Encoding.Index index
          && task.targetChannels() == 1
          && task.outputs() > 1
          && index.classes() != task.outputs()) {
        throw new IllegalArgumentException(
            String.format(
                    Locale.ROOT,
                    "the labels of %s have %d classes but the task has %d: make data.labels.%s.classes and",
                    task.name(),
                    index.classes(),
                    task.outputs(),
                    task.name())
                + String.format(Locale.ROOT, " tasks.%s.classes agree", task.name()));
      }
    }
    return labelled;
  }

  @Override
  public NormalsY normalsY() {
    return settings.normalsY().orElse(NormalsY.UP);
  }
}
