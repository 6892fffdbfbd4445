package dev.mtlora.data;

import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Some samples of a dataset, in the given order.
 *
 * @param dataset where the samples come from
 * @param indices which ones, each 0 .. dataset.size()-1
 */
public record Subset(Dataset dataset, List<Integer> indices) implements Dataset {
  public Subset {
    indices = List.copyOf(indices);
    for (int index : indices) {
      if (index < 0 || index >= dataset.size()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "a subset names sample %d but its dataset holds 0 .. %d",
                index,
                dataset.size() - 1));
      }
    }
  }

  /** The first {@code count} samples, or all of them if there are fewer. */
  public static Subset first(Dataset dataset, int count) {
    int size = Math.min(count, dataset.size());
    return new Subset(dataset, IntStream.range(0, size).boxed().toList());
  }

  @Override
  public int size() {
    return indices.size();
  }

  @Override
  public Map<String, Label> labels() {
    return dataset.labels();
  }

  @Override
  public Sample get(int index, Rng rng) {
    return dataset.get(indices.get(index), rng);
  }

  @Override
  public Dataset inEpoch(int epoch) {
    return new Subset(dataset.inEpoch(epoch), indices);
  }

  @Override
  public Dataset storedLabels() {
    return new Subset(dataset.storedLabels(), indices);
  }
}
