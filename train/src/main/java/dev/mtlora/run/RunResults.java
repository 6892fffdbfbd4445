package dev.mtlora.run;

import dev.mtlora.train.CheckpointListener;
import dev.mtlora.train.Evaluation;
import dev.mtlora.train.HistoryJson;
import dev.mtlora.train.Scores;
import dev.mtlora.weights.AtomicFile;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a training leaves in its run folder besides the model: {@code before.json} and {@code
 * summary.json}.
 *
 * @param folder the run folder
 */
public record RunResults(Path folder) {
  /** Keeps the scores before training, if there are new ones; what had ended has not any more. */
  void begin(Optional<Scores> before) throws IOException {
    if (before.isPresent()) {
      Evaluation first = new Evaluation(0, 0, before.get());
      AtomicFile.write(before(), HistoryJson.write(List.of(first)) + "\n");
    }
    Files.deleteIfExists(summary());
  }

  /**
   * The kept scores before training, or none.
   *
   * @throws CheckpointException if the file is damaged
   */
  public Optional<Scores> scoresBefore() {
    if (!Files.exists(before())) {
      return Optional.empty();
    }
    try {
      List<Evaluation> kept = HistoryJson.read(text(before()));
      if (kept.size() == 1 && !kept.get(0).scores().tasks().isEmpty()) {
        return Optional.of(kept.get(0).scores());
      }
      throw new IllegalArgumentException("it holds no scores");
    } catch (IllegalArgumentException e) {
      throw damaged(before(), e, "--resume scores the model before training again");
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(String.format(Locale.ROOT, "cannot read %s: %s", file, e), e);
    }
  }

  private static CheckpointException damaged(Path file, RuntimeException why, String then) {
    return new CheckpointException(
        file,
        String.format(Locale.ROOT, "is damaged (%s): delete it, and %s", why.getMessage(), then),
        why);
  }

  /** Keeps what the training gave and cost, and the size of the adapter that it left. */
  void keep(Summary made) throws IOException {
    Summary summary = made.withAdapter(Cost.size(folder.resolve("adapter")));
    AtomicFile.write(summary(), summary.json() + "\n");
  }

  /**
   * What the training gave and cost; empty if it has not ended. One that was stopped before its
   * last evaluation has not, though former versions have left a summary of an earlier one.
   *
   * @throws CheckpointException if the file is damaged
   */
  public Optional<Summary> ended() {
    return keptSummary().filter(summary -> !isStale(summary));
  }

  /** True if this is the summary that was left here by a training that had not ended. */
  public boolean leftStale(Summary summary) {
    return isStale(summary) && keptSummary().filter(summary::equals).isPresent();
  }

  private boolean isStale(Summary summary) {
    return Checkpoint.progress(folder.resolve("checkpoints").resolve(CheckpointListener.LAST))
        .filter(made -> made.step() > summary.last().step())
        .isPresent();
  }

  private Optional<Summary> keptSummary() {
    if (!Files.exists(summary())) {
      return Optional.empty();
    }
    try {
      return Optional.of(Summary.parse(text(summary())));
    } catch (IllegalArgumentException e) {
      throw damaged(summary(), e, "mtlora train --resume makes it again");
    }
  }

  private Path before() {
    return folder.resolve("before.json");
  }

  private Path summary() {
    return folder.resolve("summary.json");
  }
}
