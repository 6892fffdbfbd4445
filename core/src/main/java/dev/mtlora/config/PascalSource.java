package dev.mtlora.config;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.NormalsY;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.task.Task;
import java.util.List;

/**
 * The PASCAL multi-task dataset. Its reader does not exist yet: configurations can name it, models
 * can be built and counted, training on it says so.
 */
public record PascalSource() implements DataSource {
  static PascalSource read(YamlBlock yaml) {
    yaml.allow("kind", "root");
    return new PascalSource();
  }

  @Override
  public Dataset training(List<Task> tasks, int imageSize) {
    throw missing();
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    throw missing();
  }

  private static IllegalArgumentException missing() {
    return new IllegalArgumentException(
        "data.kind is pascal, but this version has no reader for PASCAL yet; try the same model on"
            + " made-up scenes with --set data=scenes, or on your own pictures with data.kind:"
            + " folder");
  }

  @Override
  public NormalsY normalsY() {
    return NormalsY.DOWN;
  }
}
