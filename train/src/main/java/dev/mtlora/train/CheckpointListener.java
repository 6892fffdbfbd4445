package dev.mtlora.train;

import dev.mtlora.image.Fit;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.ModelFile;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Keeps the state of a training in the folders {@code last} and {@code best} of its run folder, and
 * earlier ones in {@code last-STEP}.
 */
public final class CheckpointListener implements TrainingListener {
  /** Name of the folder that resuming reads. */
  public static final String LAST = "last";

  /** Name of the folder with the best evaluation's state. */
  public static final String BEST = "best";

  private final Path run;
  private final int keepLast;
  private final Provenance provenance;
  private final ModelFile model;
  private final Selection selection;
  private final Consumer<String> messages;

  /**
   * Where a state comes from.
   *
   * @param spec the run's model
   * @param fit how pictures become what it sees
   * @param config the run's configuration, as a JSON object
   * @param version of the code
   */
  public record Provenance(ModelSpec spec, Fit fit, String config, String version) {}

  /**
   * Writes below a run folder.
   *
   * @param keepLast how many of the latest checkpoints to keep, the last one included
   * @param messages gets a line for people whenever a checkpoint is the best so far
   */
  public CheckpointListener(
      Path run,
      int keepLast,
      Provenance provenance,
      Selection selection,
      Consumer<String> messages) {
    this.run = run;
    this.keepLast = keepLast;
    this.provenance = provenance;
    model = ModelFile.of(provenance.spec(), provenance.fit(), provenance.version());
    model.requireWritable(); // before anything is trained
    this.selection = selection;
    this.messages = messages;
  }

  /**
   * The checkpoint to resume from: the last one, or where that is missing the newest whole one of
   * the best and the former ones; empty if there is none.
   *
   * @param run what the listener was made for
   */
  public static Optional<Path> newest(Path run) {
    Path last = run.resolve(LAST);
    if (Checkpoint.exists(last)) {
      return Optional.of(last);
    }
    Comparator<Path> byStep =
        Comparator.comparingLong(path -> Checkpoint.progress(path).orElseThrow().step());
    return Stream.concat(Checkpoint.former(last).stream(), Stream.of(run.resolve(BEST)))
        .filter(CheckpointListener::isWhole)
        .max(byStep);
  }

  private static boolean isWhole(Path checkpoint) {
    try (Scope scope = Scope.inference()) {
      Checkpoint.read(checkpoint);
      return true;
    } catch (CheckpointException e) {
      return false;
    }
  }

  @Override
  public void onStart(Training training) {
    selection.requireScoresOf(training.model().tasks());
  }

  @Override
  public void onEvaluation(Training training, Evaluation evaluation) {
    List<Evaluation> history = training.history();
    if (selection.best(history) == history.size() - 1) {
      write(BEST, training, 1);
      messages.accept(
          String.format(
              Locale.ROOT,
              "best so far at step %d: Δm %+.2f %% against %s; kept in %s",
              evaluation.step(),
              selection.score(history, evaluation),
              selection.against(history),
              run.resolve(BEST)));
    }
  }

  @Override
  public void onCheckpoint(Training training) {
    write(LAST, training, keepLast);
  }

  private void write(String name, Training training, int keep) {
    Checkpoint.write(
        run.resolve(name),
        training.state().from(provenance.config(), provenance.version()),
        keep,
        Optional.of(model));
  }
}
