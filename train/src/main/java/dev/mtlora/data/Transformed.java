package dev.mtlora.data;

import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;
import java.util.List;
import java.util.Map;

/** A dataset whose samples pass through a transform; both draw from the sample's one stream. */
record Transformed(Dataset dataset, Transform transform) implements Dataset {
  @Override
  public int size() {
    return dataset.size();
  }

  @Override
  public Map<String, Label> labels() {
    return dataset.labels();
  }

  @Override
  public Sample get(int index, Rng rng) {
    return transform.apply(dataset.get(index, rng), rng);
  }

  @Override
  public Map<String, String> doubts(int index) {
    return dataset.doubts(index);
  }

  @Override
  public List<Stray> strays() {
    return dataset.strays();
  }

  @Override
  public Dataset storedLabels() {
    return dataset.storedLabels().with(transform);
  }

  @Override
  public Dataset inEpoch(int epoch) {
    return dataset.inEpoch(epoch).with(transform);
  }

  @Override
  public List<Draw> shuffled(int batchSize, Rng rng) {
    return dataset.shuffled(batchSize, rng);
  }
}
