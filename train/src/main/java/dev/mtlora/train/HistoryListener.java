package dev.mtlora.train;

import dev.mtlora.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Keeps all evaluations in a JSON file, {@code metrics.json}.
 *
 * @param file replaced after every evaluation
 */
public record HistoryListener(Path file) implements TrainingListener {
  @Override
  public void onEvaluation(Training training, Evaluation evaluation) {
    try {
      AtomicFile.write(file, HistoryJson.write(training.history()) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
