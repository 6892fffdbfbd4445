package dev.mtlora.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Keeps all evaluations in a JSON file, {@code metrics.json}.
 *
 * @param file replaced after every evaluation
 */
public record HistoryListener(Path file) implements TrainingListener {
  @Override
  public void onEvaluation(Training training, Evaluation evaluation) {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.writeString(temporary, HistoryJson.write(training.history()) + "\n");
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
