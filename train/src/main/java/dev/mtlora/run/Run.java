package dev.mtlora.run;

import dev.mtlora.data.Split;
import dev.mtlora.train.Report;
import dev.mtlora.train.Scores;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A training and the folder that it fills, from outside: it is started once, can be stopped and
 * resumed, and scores what it has learnt.
 *
 * <pre>{@code
 * Run run = Run.start(RunSpec.read(Path.of("mine.yaml"), List.of()), Path.of("runs/mine"), listener);
 * Scores scores = run.evaluate(Split.VAL);
 * }</pre>
 *
 * <p>A folder trains in one process at a time. What is in it: {@link RunFolder}. The model that it
 * leaves is opened by {@link dev.mtlora.TrainedModel#open}.
 */
public final class Run {
  private final RunFolder folder;
  private final List<String> overrides;
  private final boolean anyBase;

  private Run(RunFolder folder, List<String> overrides, boolean anyBase) {
    this.folder = folder;
    this.overrides = overrides;
    this.anyBase = anyBase;
  }

  /**
   * A run that is there.
   *
   * @param folder that {@link #start} or {@code mtlora train} has filled
   * @throws ConfigException if it is none
   */
  public static Run open(Path folder) {
    return open(folder, List.of());
  }

  /**
   * The same with changes to its configuration.
   *
   * @param overrides {@code key.path=value} each
   */
  public static Run open(Path folder, List<String> overrides) {
    Run run = new Run(new RunFolder(folder), List.copyOf(overrides), false);
    run.spec();
    return run;
  }

  /** The same, an adapter loaded even over other base weights than it was trained on. */
  public Run overAnyBase() {
    return new Run(folder, overrides, true);
  }

  /**
   * Trains from the start, until the end or until it is told to stop ({@link RunListener#onReady}).
   *
   * @param folder new or empty
   * @throws ConfigException if the folder holds something, or the configuration cannot be used;
   *     nothing has been written then
   * @throws dev.mtlora.train.TrainingException if the training fails; the last good checkpoint is
   *     there
   */
  public static Run start(RunSpec spec, Path folder, RunListener listener) {
    RunFolder own = new RunFolder(folder);
    own.requireNew();
    new RunTraining(spec, own, listener).from(Optional.empty());
    return new Run(own, List.of(), false);
  }

  /**
   * Goes on from the newest whole checkpoint, to the same bits as without the stop.
   *
   * @return of the whole training, with what it was before
   * @throws ConfigException if there is none, or the changes do not fit it
   */
  public Report resume(RunListener listener) {
    Path checkpoint =
        folder
            .newest()
            .orElseThrow(
                () ->
                    new ConfigException(
                        String.format(
                            Locale.ROOT,
                            "%s holds no whole checkpoint to resume from: train anew into another"
                                + " folder with --out, or delete this one first",
                            folder.checkpoints())));
    return new RunTraining(spec(), folder, listener).from(Optional.of(checkpoint));
  }

  /** What is trained, with the changes. */
  public RunSpec spec() {
    return folder.config(overrides);
  }

  /** Where it lies. */
  public Path folder() {
    return folder.path();
  }

  /** True if it has made its last evaluation. */
  public boolean ended() {
    return folder.results().ended().isPresent();
  }

  /**
   * Scores the best checkpoint.
   *
   * @param split of its data
   */
  public Scores evaluate(Split split) {
    return evaluate(split, line -> {}, Scoring::scores);
  }

  /**
   * Does something with the best checkpoint and the images that it is scored on: scores at several
   * sizes, of every image, or the model itself.
   *
   * @param say hears what is unusual
   * @param work on the thread that calls; the model's memory is freed when it returns
   */
  public <T> T evaluate(Split split, Consumer<String> say, Function<Scoring, T> work) {
    Assembly assembly = Assembly.of(spec());
    return Scoring.with(assembly, () -> folder.load(assembly, anyBase), split, say, work);
  }
}
