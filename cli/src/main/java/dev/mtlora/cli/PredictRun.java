package dev.mtlora.cli;

import dev.mtlora.cli.Inputs.Named;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.Prediction;
import dev.mtlora.model.Predictor;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Predicts many pictures: some threads read pictures and write predictions while the model
 * computes. A picture that cannot be read is said and left out.
 */
final class PredictRun {
  private static final long SAY_NANOS = 2_000_000_000L;

  /** A picture, the maps and pictures of six tasks, and what is encoded of them. */
  private static final long BYTES_PER_PIXEL = 150;

  private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private final Predictor model;
  private final PredictOptions options;
  private final PredictionFiles files;
  private final PredictionPage page;
  private final PrintWriter err;
  private final long begun = System.nanoTime();
  private long said = begun;
  private volatile boolean over;
  private volatile long largest; // pixels of a picture
  private final Map<Integer, Optional<DataException>> outcomes = new HashMap<>();
  private int saidUpTo;
  private int taken;
  private int done;
  private int bad;

  /** How many pictures there were, and of how many nothing could be read. */
  record Count(int all, int bad) {}

  PredictRun(
      Predictor model,
      PredictOptions options,
      PredictionFiles files,
      PredictionPage page,
      PrintWriter err) {
    this.model = model;
    this.options = options;
    this.files = files;
    this.page = page;
    this.err = err;
  }

  /**
   * Predicts all; the first picture alone, so that it is known how many fit into memory at once.
   *
   * @throws DataException if predictions cannot be written; those before are there
   */
  Count all(Inputs inputs) {
    predict(next(inputs), inputs);
    int threads = (int) Math.max(1, Math.min(THREADS, room()));
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    CompletionService<Boolean> working = new ExecutorCompletionService<>(workers);
    try {
      for (int i = 0; i < threads; i++) {
        working.submit(() -> work(inputs));
      }
      for (int i = 0; i < threads; i++) {
        working.take().get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException("interrupted while pictures were predicted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(e.getCause());
    } finally {
      over = true;
      end(workers);
    }
    return soFar();
  }

  /** How many were predicted, and of how many nothing could be read, until now. */
  synchronized Count soFar() {
    return new Count(done, bad);
  }

  /** As many pictures of the largest size so far as fit into the memory of this program. */
  private long room() {
    return Runtime.getRuntime().maxMemory() / 2 / (BYTES_PER_PIXEL * Math.max(1, largest));
  }

  /** Waits for what is being written: the program may end afterwards. */
  private static void end(ExecutorService workers) {
    workers.shutdown();
    try {
      if (!workers.awaitTermination(1, TimeUnit.MINUTES)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private boolean work(Inputs inputs) {
    try {
      for (List<Numbered> some = next(inputs); !some.isEmpty(); some = next(inputs)) {
        predict(some, inputs);
      }
      return true;
    } finally {
      over = true; // also of the others, if this one failed
    }
  }

  /** One of the pictures, and its place among all. */
  private record Numbered(int number, Named named, Kept kept) {}

  /** A picture that remembers what was read, for what is drawn beside the predictions. */
  private static final class Kept {
    private @Nullable Raster raster;

    Picture picture(Picture of) {
      return new Picture(
          of.name(),
          () -> {
            raster = of.read().get();
            return raster;
          });
    }

    long pixels() {
      return raster == null ? 0 : (long) raster.height() * raster.width();
    }

    Raster raster() {
      if (raster == null) {
        throw new IllegalStateException("a picture was predicted that was not read");
      }
      return raster;
    }
  }

  private synchronized List<Numbered> next(Inputs inputs) {
    List<Numbered> some = new ArrayList<>();
    long most = largest == 0 ? 1 : Math.max(1, Math.min(options.batch(), room() / THREADS));
    while (some.size() < most && !over) {
      try {
        if (!inputs.pictures().hasNext()) {
          break;
        }
        some.add(new Numbered(taken, inputs.pictures().next(), new Kept()));
      } catch (DataException e) { // of a video that ends in the middle
        done++;
        bad++;
        said(taken, Optional.of(e));
      }
      taken++;
    }
    return some;
  }

  private void predict(List<Numbered> some, Inputs inputs) {
    List<Picture> pictures =
        some.stream().map(one -> one.kept().picture(one.named().picture())).toList();
    List<Prediction> predictions = model.predict(pictures, options);
    for (int i = 0; i < some.size(); i++) {
      Numbered one = some.get(i);
      Prediction prediction = predictions.get(i);
      if (prediction.failure().isEmpty()) {
        Seen seen = Seen.of(one.named().name(), one.kept().raster(), prediction);
        files.write(seen);
        page.add(one.number(), seen);
      }
      count(one, prediction, inputs);
    }
  }

  private synchronized void count(Numbered one, Prediction prediction, Inputs inputs) {
    done++;
    largest = Math.max(largest, one.kept().pixels());
    bad += prediction.failure().isPresent() ? 1 : 0;
    said(one.number(), prediction.failure());
    long now = System.nanoTime();
    if (now - said >= SAY_NANOS && inputs.count().orElse(0) > done) {
      said = now;
      double rate = done / ((now - begun) / 1e9);
      int left = (int) Math.ceil((inputs.count().getAsInt() - done) / rate);
      err.printf(
          Locale.ROOT,
          "%d of %d pictures, %.1f a second, %d:%02d left%n",
          done,
          inputs.count().getAsInt(),
          rate,
          left / 60,
          left % 60);
      err.flush();
    }
  }

  /** Says what was wrong with pictures, in their order, whichever was done first. */
  private void said(int number, Optional<DataException> why) {
    outcomes.put(number, why);
    while (outcomes.containsKey(saidUpTo)) {
      outcomes.remove(saidUpTo).ifPresent(e -> err.println("mtlora: " + e.getMessage()));
      saidUpTo++;
    }
    err.flush();
  }
}
