package dev.mtlora.data.scenes;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;
import java.util.Map;
import java.util.Objects;

/**
 * Scenes of which every epoch has its own.
 *
 * @param scenes the beginning of an endless row
 * @param first number of the first scene of the epoch
 */
record NewScenes(SyntheticScenes scenes, long first) implements Dataset {
  @Override
  public int size() {
    return scenes.size();
  }

  @Override
  public Map<String, Label> labels() {
    return scenes.labels();
  }

  @Override
  public Sample get(int index, Rng rng) {
    return scenes.scene(first + Objects.checkIndex(index, size()));
  }

  @Override
  public Dataset inEpoch(int epoch) {
    return new NewScenes(scenes, first + (long) epoch * size());
  }
}
