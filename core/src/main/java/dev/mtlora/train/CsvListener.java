package dev.mtlora.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Keeps all numbers in a file of lines {@code step,epoch,name,value}; the names are those of {@link
 * Step#scalars} and {@link Evaluation#scalars}. Every event is written at once.
 *
 * @param file made if it is not there; a resumed run goes on in it
 */
public record CsvListener(Path file) implements TrainingListener {
  private static final String HEADER = "step,epoch,name,value\n";

  /** Starts the file; lines of steps that are about to be made again go. */
  @Override
  public void onStart(Training training) {
    try {
      if (training.step() == 0 || !Files.exists(file)) {
        Files.writeString(file, HEADER);
        return;
      }
      List<String> kept;
      try (Stream<String> lines = Files.lines(file)) {
        kept = lines.filter(line -> isBefore(line, training.step())).toList();
      }
      Files.write(file, kept);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static boolean isBefore(String line, long step) {
    int comma = line.indexOf(',');
    boolean number = comma > 0 && line.substring(0, comma).chars().allMatch(Character::isDigit);
    return !number || Long.parseLong(line.substring(0, comma)) <= step;
  }

  @Override
  public void onStep(Training training, Step step) {
    append(step.step(), step.epoch(), step.scalars());
  }

  @Override
  public void onEvaluation(Training training, Evaluation evaluation) {
    append(evaluation.step(), evaluation.epoch(), evaluation.scalars());
  }

  private void append(long step, int epoch, Map<String, Double> scalars) {
    StringBuilder lines = new StringBuilder();
    scalars.forEach(
        (name, value) ->
            lines
                .append(step)
                .append(',')
                .append(epoch)
                .append(',')
                .append(name)
                .append(',')
                .append(value)
                .append('\n'));
    try {
      Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw failure(e);
    }
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
