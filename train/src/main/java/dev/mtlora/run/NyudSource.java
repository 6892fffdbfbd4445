package dev.mtlora.run;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.multitask.NyudMt;
import dev.mtlora.image.Fit;
import dev.mtlora.task.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The NYU Depth v2 multi-task dataset.
 *
 * @param root its folder; needed only where samples are read, so that a model can be built and
 *     counted without
 * @param resize how pictures become what the model sees, also those that are predicted; squashed
 *     unless it is given
 */
public record NyudSource(Optional<Path> root, Optional<Fit> resize) implements DataSource {
  @Override
  public Dataset training(List<Task> tasks, int imageSize) {
    return dataset(tasks).training();
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    return dataset(tasks).validation();
  }

  private NyudMt dataset(List<Task> tasks) {
    return new NyudMt(
        MultiTaskRoot.required(root, "NYUD_MT"), MultiTaskRoot.labelled(tasks, NyudMt.labels()));
  }

  @Override
  public int published(boolean training) {
    return training ? NyudMt.TRAINING_IMAGES : NyudMt.VALIDATION_IMAGES;
  }
}
