package dev.mtlora.config;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelStore;
import dev.mtlora.data.NormalsY;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.data.multitask.PascalMt;
import dev.mtlora.task.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The PASCAL multi-task dataset.
 *
 * @param root its folder; needed only where samples are read, so that a model can be built and
 *     counted without
 */
public record PascalSource(Optional<Path> root) implements DataSource {
  static PascalSource read(YamlBlock yaml) {
    yaml.allow("kind", "root");
    return new PascalSource(MultiTaskRoot.read(yaml));
  }

  @Override
  public Dataset training(List<Task> tasks, int imageSize) {
    return dataset(tasks).training();
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    return dataset(tasks).validation();
  }

  private PascalMt dataset(List<Task> tasks) {
    return new PascalMt(
        MultiTaskRoot.required(root, "PASCAL_MT"),
        MultiTaskRoot.labelled(tasks, PascalMt.CLASSES),
        LabelStore.NONE);
  }

  @Override
  public NormalsY normalsY() {
    return PascalMt.NORMALS_Y;
  }
}
