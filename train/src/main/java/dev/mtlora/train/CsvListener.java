package dev.mtlora.train;

import dev.mtlora.weights.AtomicFile;
import dev.mtlora.weights.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Keeps all numbers in a file of lines {@code step,epoch,name,value}; the names are those of {@link
 * Step#scalars} and {@link Evaluation#scalars}. Every event is written at once.
 *
 * @param file made if it is not there; a resumed run goes on in it
 */
public record CsvListener(Path file) implements TrainingListener {
  private static final String HEADER = "step,epoch,name,value\n";
  private static final Pattern LINE = Pattern.compile("\\d{1,18},\\d{1,9},[^,]+,[^,]+");

  /**
   * Starts the file; lines of steps that are about to be made again go.
   *
   * @throws CheckpointException if the file is damaged; it is left as it is
   */
  @Override
  public void onStart(Training training) {
    try {
      boolean anew = training.step() == 0 || !Files.exists(file);
      AtomicFile.write(file, anew ? HEADER : kept(training.step()));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** All lines up to a step; the last line may be torn, since a process dies where it will. */
  private String kept(long step) throws IOException {
    StringBuilder kept = new StringBuilder();
    int number = 0;
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      number++;
      boolean first = number == 1 && HEADER.equals(line + "\n");
      if (!first && !LINE.matcher(line).matches()) {
        throw damaged(number);
      }
      if (first || Long.parseLong(line.substring(0, line.indexOf(','))) <= step) {
        kept.append(line).append('\n');
      }
    }
    if (number == 0) {
      throw damaged(1);
    }
    return kept.toString();
  }

  private CheckpointException damaged(int line) {
    return new CheckpointException(
        file,
        String.format(
            Locale.ROOT,
            "line %d is damaged, it is not 'step,epoch,name,value': mend it, or move the file away;"
                + " it then begins anew with the next step",
            line));
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
