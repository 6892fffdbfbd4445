package dev.mtlora.run;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.scenes.Domain;
import dev.mtlora.data.scenes.SceneSettings;
import dev.mtlora.data.scenes.SyntheticScenes;
import dev.mtlora.image.Fit;
import dev.mtlora.task.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Made-up scenes, rendered as they are needed.
 *
 * @param version how they are drawn, one of {@link SyntheticScenes#VERSIONS}
 * @param domain visual world
 * @param train number of scenes that train
 * @param val number of scenes that validate
 * @param seed of the scenes
 * @param fresh true for training scenes of which every epoch has its own
 * @param resize how pictures become what the model sees, also those that are predicted; squashed
 *     unless it is given
 * @param cache folder where rendered scenes are kept, if any
 */
public record ScenesSource(
    int version,
    Domain domain,
    int train,
    int val,
    long seed,
    boolean fresh,
    Optional<Fit> resize,
    Optional<Path> cache)
    implements DataSource {
  private static final int TRAIN = 200;
  private static final int VAL = 20;
  private static final int MOST = 10_000_000;

  /** Checks the numbers. */
  public ScenesSource {
    if (!SyntheticScenes.VERSIONS.contains(version)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "version: there is no version %d of the scenes; choose one of %s",
              version,
              SyntheticScenes.VERSIONS));
    }
    Checks.between(1, MOST, train, "train");
    Checks.between(1, MOST, val, "val");
    if (fresh && cache.isPresent()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "fresh gives every epoch scenes of its own, which data.cache (%s) would keep and"
                  + " never use again: leave one of them out",
              cache.get()));
    }
  }

  /** 200 scenes of version 1 that train and 20 that validate. */
  public ScenesSource() {
    this(1, Domain.TARGET, TRAIN, VAL, 1, false, Optional.empty(), Optional.empty());
  }

  /** The same with other numbers of scenes that train and validate. */
  public ScenesSource with(int training, int validation) {
    return new ScenesSource(version, domain, training, validation, seed, fresh, resize, cache);
  }

  @Override
  public Dataset training(List<Task> tasks, int imageSize) {
    return scenes(tasks, imageSize, train, 2 * seed, fresh);
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    return scenes(tasks, imageSize, val, 2 * seed + 1, false);
  }

  /** Sets of different seeds share no scene: even ones train, odd ones validate. */
  private Dataset scenes(
      List<Task> tasks, int imageSize, int size, long sceneSeed, boolean endless) {
    List<String> names = tasks.stream().map(Task::name).toList();
    SyntheticScenes rendered =
        new SyntheticScenes(new SceneSettings(version, domain, sceneSeed, size, imageSize, names));
    Dataset kept = cache.isPresent() ? rendered.keptIn(cache.get()) : rendered;
    return (endless ? rendered.newInEveryEpoch() : kept).with(ClassLimit.of(tasks));
  }
}
