package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.tensor.Rng;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Turns a dataset into batches, epoch after epoch.
 *
 * <p>The order of an epoch is drawn from (seed, epoch), and every sample draws from (seed, epoch,
 * its index; and the pass, where an epoch draws a sample again), so batches are the same with any
 * number of workers, and an epoch can be entered in its middle without reading what came before.
 */
public final class DataLoader {
  private final Dataset dataset;
  private final Settings settings;

  /** Most threads that read. */
  public static final int MOST_WORKERS = 64;

  /**
   * How to load.
   *
   * @param batchSize samples per batch
   * @param shuffle a new order in every epoch; else that of the dataset
   * @param dropLast leave out a last batch that would be smaller than the others
   * @param workers threads that read; 0 reads in the thread that asks
   * @param prefetch batches in the making or waiting at most; at least the number of workers
   * @param seed of order and augmentation
   */
  public record Settings(
      int batchSize, boolean shuffle, boolean dropLast, int workers, int prefetch, long seed) {
    public Settings {
      if (batchSize < 1) {
        throw new IllegalArgumentException("the batch size must be positive but is " + batchSize);
      }
      if (workers < 0 || workers > MOST_WORKERS || prefetch < workers) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "a loader needs 0 to %d workers and prefetch >= workers but has workers %d, prefetch %d",
                MOST_WORKERS,
                workers,
                prefetch));
      }
    }
  }

  /**
   * A loader of the given samples.
   *
   * @throws IllegalArgumentException if there would be no batch
   */
  public DataLoader(Dataset dataset, Settings settings) {
    this.dataset = dataset;
    this.settings = settings;
    if (batches() == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d samples make no batch of %d%s",
              dataset.size(),
              settings.batchSize(),
              settings.dropLast() ? "; use smaller batches or keep the last one" : ""));
    }
  }

  /** Number of batches in an epoch. */
  public int batches() {
    int whole = dataset.size() / settings.batchSize();
    boolean rest = dataset.size() % settings.batchSize() != 0 && !settings.dropLast();
    return rest ? whole + 1 : whole;
  }

  /** Number of samples in the dataset. */
  public int samples() {
    return dataset.size();
  }

  /** The settings. */
  public Settings settings() {
    return settings;
  }

  /**
   * The batches of an epoch from the given one on; close them when done.
   *
   * @param epoch 0, 1, ...
   * @param firstBatch 0 .. batches(); earlier ones are not read
   */
  public Batches open(int epoch, int firstBatch) {
    if (firstBatch < 0 || firstBatch > batches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "an epoch of %d batches cannot start at batch %d",
              batches(),
              firstBatch));
    }
    return new Batches(this, epoch, firstBatch);
  }

  /** What an epoch reads, in order. */
  List<Draw> order(int epoch) {
    return settings.shuffle()
        ? dataset.shuffled(settings.batchSize(), Rng.of(settings.seed(), epoch))
        : IntStream.range(0, dataset.size()).mapToObj(index -> new Draw(index, 0)).toList();
  }

  /** What one batch reads. */
  List<Draw> members(List<Draw> order, int batch) {
    int from = batch * settings.batchSize();
    return order.subList(from, Math.min(order.size(), from + settings.batchSize()));
  }

  /** What all batches of an epoch are drawn from. */
  Dataset samples(int epoch) {
    return dataset.inEpoch(epoch);
  }

  Sample sample(Dataset samples, int epoch, Draw draw) {
    try {
      return samples.get(draw.index(), stream(epoch, draw));
    } catch (DataException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "sample %d (epoch %d) could not be read or changed: %s",
              draw.index(),
              epoch,
              e),
          e);
    }
  }

  private Rng stream(int epoch, Draw draw) {
    return draw.pass() == 0
        ? Rng.of(settings.seed(), epoch, draw.index())
        : Rng.of(settings.seed(), epoch, draw.index(), draw.pass());
  }
}
