package dev.mtlora.run;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelCache;
import dev.mtlora.data.LabelStore;
import dev.mtlora.data.multitask.PascalMt;
import dev.mtlora.image.Fit;
import dev.mtlora.task.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The PASCAL multi-task dataset.
 *
 * @param root its folder; needed only where samples are read, so that a model can be built and
 *     counted without
 * @param resize how pictures become what the model sees, also those that are predicted; squashed
 *     unless it is given
 * @param cache folder where label maps made from {@code .mat} files are kept, if any
 */
public record PascalSource(Optional<Path> root, Optional<Fit> resize, Optional<Path> cache)
    implements DataSource {
  @Override
  public Dataset training(List<Task> tasks, int imageSize) {
    return dataset(tasks).training();
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    return dataset(tasks).validation();
  }

  private PascalMt dataset(List<Task> tasks) {
    Path folder = MultiTaskRoot.required(root, "PASCAL_MT");
    LabelStore store =
        cache.isPresent() ? new LabelCache(cache.get(), LabelCache.USUAL_LIMIT) : LabelStore.NONE;
    return new PascalMt(folder, MultiTaskRoot.labelled(tasks, PascalMt.labels()), store);
  }

  @Override
  public int published(boolean training) {
    return training ? PascalMt.TRAINING_IMAGES : PascalMt.VALIDATION_IMAGES;
  }
}
