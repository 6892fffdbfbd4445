package dev.mtlora.cli;

import dev.mtlora.compare.Summary;
import dev.mtlora.data.DataLoader;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.RunSpec;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.CheckpointListener;
import dev.mtlora.train.CsvListener;
import dev.mtlora.train.Evaluation;
import dev.mtlora.train.HistoryJson;
import dev.mtlora.train.HistoryListener;
import dev.mtlora.train.ProgressListener;
import dev.mtlora.train.Report;
import dev.mtlora.train.Scores;
import dev.mtlora.train.Selection;
import dev.mtlora.train.TensorBoardListener;
import dev.mtlora.train.Trainer;
import dev.mtlora.train.Training;
import dev.mtlora.train.TrainingListener;
import dev.mtlora.weights.AdapterFile;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.TrainState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;

/** One training from the parameter table to the panel; nothing is written before all is known. */
final class TrainSession {
  private final RunSpec config;
  private final RunFolder folder;
  private final PrintWriter out;
  private final Assembly assembly;
  private final Selection selection;
  private final Cost cost = new Cost();
  private Optional<Scores> before = Optional.empty();

  TrainSession(RunSpec config, RunFolder folder, PrintWriter out) {
    this.config = config;
    this.folder = folder;
    this.out = out;
    assembly = Assembly.of(config);
    selection = assembly.selection();
  }

  /**
   * Trains.
   *
   * @param from the checkpoint to go on from; empty to train from the start
   * @return the exit code
   */
  int run(Optional<Path> from) {
    assembly.useThreads().ifPresent(this::say);
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.model(this::say);
      DataLoader training = assembly.trainingLoader(model);
      DataLoader validation = assembly.validationLoader();
      Trainer trainer = assembly.trainer(training, listeners());
      out.print(ParameterTable.of(ParameterReport.of(model)));
      out.flush();
      RankTable ranks = RankTable.of(model);
      Panel panel = new Panel(assembly.validation(), assembly.resize(), model);
      try (RunLock lock = from.isPresent() ? folder.lock() : folder.create(config);
          Interruption interruption = new Interruption(trainer::stop)) {
        Optional<TrainState> state = from.map(checkpoint -> state(checkpoint, training));
        before = before(model, validation, trainer);
        Report report =
            state.isPresent()
                ? trainer.resume(model, training, validation, state.get())
                : trainer.fit(model, training, validation);
        if (before.isEmpty() || report.outcome() == Report.Outcome.INTERRUPTED) {
          say("stopped; the same command with --resume goes on from step " + report.steps());
          return 1;
        }
        finish(model, panel, before.get(), report);
        out.print(ranks.change(RankTable.of(model)));
        out.flush();
      }
      return 0;
    }
  }

  private List<TrainingListener> listeners() {
    CheckpointListener.Provenance provenance =
        new CheckpointListener.Provenance(
            config.spec(), config.data().fit(), config.json(), Main.Version.text());
    return List.of(
        new ProgressListener(System.out, CommandLine.Help.Ansi.AUTO.enabled()),
        new CsvListener(folder.file("metrics.csv")),
        new HistoryListener(folder.file("metrics.json")),
        new TensorBoardListener(folder.file("tensorboard")),
        cost,
        new CheckpointListener(
            folder.checkpoints(), config.train().keepLast(), provenance, selection, this::say),
        new TrainingListener() { // the last: what refuses to start has changed nothing until here
          @Override
          public void onStart(Training training) {
            folder.begin(config, before);
          }
        });
  }

  /** Reads a checkpoint, and says what is unusual about going on from it. */
  private TrainState state(Path checkpoint, DataLoader training) {
    TrainState state;
    try {
      state = Checkpoint.read(checkpoint);
    } catch (CheckpointException e) {
      throw new CheckpointException(
          String.format(
              Locale.ROOT,
              "%s; delete %s, and --resume goes on from the newest whole checkpoint beside it",
              e.getMessage(),
              checkpoint));
    }
    if (!checkpoint.endsWith(CheckpointListener.LAST)) {
      say(
          String.format(
              Locale.ROOT,
              "%s is missing: going on from %s, step %d",
              checkpoint.resolveSibling(CheckpointListener.LAST),
              checkpoint,
              state.step()));
    }
    sayOtherRate(checkpoint, state, training);
    return state;
  }

  private void sayOtherRate(Path checkpoint, TrainState state, DataLoader training) {
    RunSpec.Source source = new RunSpec.Source(checkpoint.toString(), checkpoint);
    RunSpec former = RunSpec.parseKept(source, state.config(), List.of());
    double was = Assembly.of(former).rate(training, state.step());
    double is = assembly.rate(training, state.step());
    if (is != was) {
      say(
          String.format(
              Locale.ROOT,
              "the learning rate of step %d is %.4g, %.3g times the %.4g that it would have had before:"
                  + " it follows from train.epochs, train.lr and the like for the whole training",
              state.step() + 1,
              is,
              is / was,
              was));
    }
  }

  /**
   * The scores before training; a resumed run has kept them. Empty if the trainer has been told to
   * stop.
   */
  private Optional<Scores> before(MultiTaskModel model, DataLoader validation, Trainer trainer) {
    Optional<Scores> kept = folder.results().scoresBefore();
    if (kept.isPresent()) {
      return kept;
    }
    say(
        String.format(
            Locale.ROOT, "evaluating on %d images before training", validation.samples()));
    Optional<Scores> scores = assembly.evaluator().evaluate(model, validation, trainer::stopped);
    if (scores.isEmpty()) {
      say("the evaluation before training was not finished");
    }
    return scores;
  }

  private void finish(MultiTaskModel model, Panel panel, Scores first, Report report) {
    List<Evaluation> history = report.history();
    Evaluation last = history.get(history.size() - 1);
    Summary summary = new Summary(last, costOf(model));
    Evaluation best = history.get(selection.best(history));
    Optional<Path> checkpoint = folder.bestOf(best);
    Evaluation chosen = checkpoint.isPresent() ? best : last;
    checkpoint.ifPresent(folderOfBest -> Checkpoint.loadModel(folderOfBest, model));
    AdapterFile.write(
        folder.file("adapter"),
        model,
        assembly.origin(HistoryJson.write(chosen), Main.Version.text()),
        DType.F16);
    panel.write(folder.file("panel.png"), model);
    folder.end(summary);
    out.print(ScoreTable.comparison(first, chosen.scores(), selection.singleTask()));
    say(
        String.format(
            Locale.ROOT,
            "best evaluation: step %d of %d; everything is in %s",
            best.step(),
            report.totalSteps(),
            folder.path()));
    if (checkpoint.isEmpty()) {
      say(
          String.format(
              Locale.ROOT,
              "its checkpoint is gone: adapter, panel and the scores above are of step %d, the last",
              last.step()));
    }
  }

  /** Of the model as the last step left it, which perhaps has smaller ranks than the best one. */
  private Summary.Cost costOf(MultiTaskModel model) {
    try {
      return cost.of(model);
    } catch (IOException e) {
      throw new UncheckedIOException("the peak of memory could not be read: " + e, e);
    }
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
