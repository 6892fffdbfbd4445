package dev.mtlora.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the numbers of a training where TensorBoard finds them: one event file per start, in which
 * TensorBoard lets the steps of a resumed run take the place of those made after the checkpoint.
 */
public final class TensorBoardListener implements TrainingListener {
  private final Path file;

  /**
   * Writes into a folder.
   *
   * @param folder made if it is not there
   */
  public TensorBoardListener(Path folder) {
    this.file =
        folder.resolve(
            String.format(Locale.ROOT, "events.out.tfevents.%d.mtlora", now().getEpochSecond()));
  }

  @Override
  public void onStart(Training training) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw failure(e);
    }
    append(EventRecord.fileVersion(now()));
    append(EventRecord.sessionStart(now(), training.step() + 1));
  }

  @Override
  public void onStep(Training training, Step step) {
    append(step.step(), step.scalars());
  }

  @Override
  public void onEvaluation(Training training, Evaluation evaluation) {
    append(evaluation.step(), evaluation.scalars());
  }

  private void append(long step, Map<String, Double> scalars) {
    append(EventRecord.scalars(now(), step, scalars));
  }

  private void append(byte[] record) {
    try {
      Files.write(file, record, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static Instant now() {
    return Instant.now();
  }

  private UncheckedIOException failure(IOException e) {
    return new UncheckedIOException(
        String.format(
            Locale.ROOT,
            "cannot write %s (is there space left, and permission to write?): %s",
            file,
            e),
        e);
  }
}
