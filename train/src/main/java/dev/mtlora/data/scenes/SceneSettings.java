package dev.mtlora.data.scenes;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/**
 * Which scenes to make.
 *
 * @param version how they are drawn, one of {@link SyntheticScenes#VERSIONS}; a version never
 *     changes
 * @param domain visual world
 * @param seed any number; sets with different seeds share no scene
 * @param size number of scenes, at least 1
 * @param imageSize side of the square picture in pixels, 16..1024
 * @param tasks labels to make, any of {@link SyntheticScenes#TASKS}, each at most once
 */
public record SceneSettings(
    int version, Domain domain, long seed, int size, int imageSize, List<String> tasks) {
  public SceneSettings {
    Edition.of(version);
    tasks = List.copyOf(tasks);
    if (size < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "scenes: size must be at least 1 but is %d; it is the number of images",
              size));
    }
    if (imageSize < 16 || imageSize > 1024) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "scenes: imageSize must be 16..1024 pixels but is %d", imageSize));
    }
    for (String task : tasks) {
      if (!SyntheticScenes.TASKS.contains(task)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "scenes: there is no label for task '%s'; choose from %s",
                task,
                SyntheticScenes.TASKS));
      }
    }
    if (new HashSet<>(tasks).size() != tasks.size()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "scenes: a task is named twice in %s; name each once", tasks));
    }
  }

  /** Scenes of version 1. */
  public SceneSettings(Domain domain, long seed, int size, int imageSize, List<String> tasks) {
    this(1, domain, seed, size, imageSize, tasks);
  }
}
