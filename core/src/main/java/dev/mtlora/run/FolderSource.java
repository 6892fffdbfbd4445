package dev.mtlora.run;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.FolderDataset;
import dev.mtlora.data.FolderSettings;
import dev.mtlora.data.FolderYaml;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.task.Task;
import java.nio.file.Path;
import java.util.List;

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
    return FolderDataset.training(located(), tasks);
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    return FolderDataset.validation(located(), tasks);
  }

  private FolderSettings located() {
    if (!placed) {
      throw new IllegalArgumentException(
          "data.root is missing: name the folder of the pictures with --set data.root=FOLDER");
    }
    return settings;
  }
}
