package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Numbered samples. Implementations are safe to read from several threads at once. */
public interface Dataset {
  /** Number of samples. */
  int size();

  /**
   * Reads or makes one sample.
   *
   * @param index 0 .. size-1
   * @param rng the stream of this sample in this epoch; a dataset without augmentation ignores it
   * @throws DataException if a file is missing, damaged or out of range; names the file and the
   *     cure
   */
  Sample get(int index, Rng rng);

  /**
   * What the labels of its tasks are, by task, if it says so before a sample is read, as all
   * datasets of this library do. Caches and mixtures ask.
   */
  default Map<String, Label> labels() {
    return Map.of();
  }

  /**
   * The same samples with every label as large as it is stored, for scores at that size; {@link
   * #get} brings labels to the size of their image. This dataset itself where no label is resized.
   */
  default Dataset storedLabels() {
    return this;
  }

  /**
   * What is doubtful about how the labels of a sample are written, though they can be read: by
   * task, one sentence with file and cure. For looking through a dataset; reads the files again.
   */
  default Map<String, String> doubts(int index) {
    return Map.of();
  }

  /** Files among those of the dataset that look as if they belonged to it, and are not used. */
  default List<Stray> strays() {
    return List.of();
  }

  /**
   * The samples of a shuffled epoch, in order, as many as {@link #size} says: each of them once,
   * unless the dataset knows better.
   *
   * @param batchSize how many of them, from the first on, make a batch
   * @param rng the stream of the epoch
   */
  default List<Draw> shuffled(int batchSize, Rng rng) {
    return Arrays.stream(rng.permutation(size())).mapToObj(index -> new Draw(index, 0)).toList();
  }

  /**
   * The samples of an epoch, from 0 on, as many as {@link #size} says: these ones, unless every
   * epoch has samples of its own.
   */
  default Dataset inEpoch(int epoch) {
    return this;
  }

  /** This dataset with every sample changed by the given transform as it is read. */
  default Dataset with(Transform transform) {
    return new Transformed(this, transform);
  }
}
