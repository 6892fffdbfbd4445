package dev.mtlora.model;

import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is wanted of predictions.
 *
 * @param tasks that are computed; empty for all of the model
 * @param at how large the maps are
 * @param precision of the arithmetic: F32, or BF16 where the processor has it
 * @param tile how pictures are cut; empty to take them whole
 * @param batch most pictures, or tiles, that are computed at once
 * @param probabilities true to keep the probability of every class, as many numbers for every pixel
 */
public record PredictOptions(
    List<String> tasks,
    At at,
    DType precision,
    Optional<Tile> tile,
    int batch,
    boolean probabilities) {
  /** All tasks at the picture's size, in f32, of whole pictures, classes without probabilities. */
  public static final PredictOptions USUAL =
      new PredictOptions(List.of(), At.IMAGE, DType.F32, Optional.empty(), 8, false);

  private static final int MOST_BATCH = 1024;

  /** How large maps are. */
  public enum At {
    /** As the picture: logits are resized to it (bilinear), never classes or colours. */
    IMAGE,
    /** As what the model sees of the picture. */
    MODEL
  }

  /** Checks the numbers, and that they go together. */
  public PredictOptions {
    tasks = List.copyOf(tasks);
    if (precision != DType.F32 && precision != DType.BF16) {
      throw new IllegalArgumentException("precision must be F32 or BF16 but is " + precision);
    }
    if (batch < 1 || batch > MOST_BATCH) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "batch must be 1 to %,d but is %d", MOST_BATCH, batch));
    }
    if (tile.isPresent() && at == At.MODEL) {
      throw new IllegalArgumentException(
          "the tiles of a picture are put together at its own size: leave out tile, or say"
              + " at: IMAGE");
    }
  }

  /** True for a task that is to be computed. */
  public boolean wants(Task task) {
    return tasks.isEmpty() || tasks.contains(task.name());
  }

  /** The same of some tasks only. */
  public PredictOptions tasks(String... names) {
    return new PredictOptions(List.of(names), at, precision, tile, batch, probabilities);
  }

  /** The same at another size. */
  public PredictOptions at(At other) {
    return new PredictOptions(tasks, other, precision, tile, batch, probabilities);
  }

  /** The same in another precision. */
  public PredictOptions precision(DType other) {
    return new PredictOptions(tasks, at, other, tile, batch, probabilities);
  }

  /** The same of pictures that are cut. */
  public PredictOptions tile(Tile cut) {
    return new PredictOptions(tasks, at, precision, Optional.of(cut), batch, probabilities);
  }

  /** The same with another number of pictures at once. */
  public PredictOptions batch(int most) {
    return new PredictOptions(tasks, at, precision, tile, most, probabilities);
  }

  /** The same with the probability of every class. */
  public PredictOptions withProbabilities() {
    return new PredictOptions(tasks, at, precision, tile, batch, true);
  }
}
