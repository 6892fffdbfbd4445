package dev.mtlora.run;

import dev.mtlora.data.DataLoader;
import dev.mtlora.files.Version;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.CheckpointListener;
import dev.mtlora.train.CsvListener;
import dev.mtlora.train.Evaluation;
import dev.mtlora.train.HistoryJson;
import dev.mtlora.train.HistoryListener;
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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One training in its folder; nothing is written before all is known to fit. */
final class RunTraining {
  private final RunSpec config;
  private final RunFolder folder;
  private final RunListener listener;
  private final Assembly assembly;
  private final Selection selection;
  private final Cost cost = new Cost();
  private Optional<Scores> before = Optional.empty();

  RunTraining(RunSpec config, RunFolder folder, RunListener listener) {
    this.config = config;
    this.folder = folder;
    this.listener = listener;
    assembly = Assembly.of(config);
    selection = assembly.selection();
  }

  /**
   * Trains.
   *
   * @param from the checkpoint to go on from; empty to train from the start
   */
  Report from(Optional<Path> from) {
    assembly.useThreads().ifPresent(listener::say);
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.model(listener::say);
      DataLoader training = assembly.trainingLoader(model);
      DataLoader validation = assembly.validationLoader();
      Trainer trainer = assembly.trainer(training, listeners());
      try {
        listener.onReady(model, assembly, trainer::stop);
        try (RunLock lock = from.isPresent() ? folder.lock() : folder.create(config)) {
          Optional<TrainState> state = from.map(checkpoint -> state(checkpoint, training));
          before = before(model, validation, trainer);
          Report report =
              state.isPresent()
                  ? trainer.resume(model, training, validation, state.get())
                  : trainer.fit(model, training, validation);
          if (before.isPresent() && report.outcome() != Report.Outcome.INTERRUPTED) {
            finish(model, before.get(), report);
          } else {
            listener.onStop(report);
          }
          return report;
        }
      } finally {
        listener.onClose();
      }
    }
  }

  private List<TrainingListener> listeners() {
    CheckpointListener.Provenance provenance =
        new CheckpointListener.Provenance(
            config.spec(), config.data().fit(), config.json(), Version.text());
    List<TrainingListener> all = new ArrayList<>(listener.training());
    all.addAll(
        List.of(
            new CsvListener(folder.file("metrics.csv")),
            new HistoryListener(folder.file("metrics.json")),
            new TensorBoardListener(folder.file("tensorboard")),
            cost,
            new CheckpointListener(
                folder.checkpoints(),
                config.train().keepLast(),
                provenance,
                selection,
                listener::say),
            // The last: what refuses to start has changed nothing until here.
            new TrainingListener() {
              @Override
              public void onStart(Training training) {
                folder.begin(config, before);
              }
            }));
    return all;
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
      listener.say(
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
      listener.say(
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
    listener.say(
        String.format(
            Locale.ROOT, "evaluating on %d images before training", validation.samples()));
    Optional<Scores> scores = assembly.evaluator().evaluate(model, validation, trainer::stopped);
    if (scores.isEmpty()) {
      listener.say("the evaluation before training was not finished");
    }
    return scores;
  }

  private void finish(MultiTaskModel model, Scores first, Report report) {
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
        assembly.origin(HistoryJson.write(chosen), Version.text()),
        DType.F16);
    listener.onEnd(
        new RunListener.Result(
            model, first, chosen, best, report, selection, folder.path(), checkpoint));
    folder.end(summary);
  }

  /** Of the model as the last step left it, which perhaps has smaller ranks than the best one. */
  private Summary.Cost costOf(MultiTaskModel model) {
    try {
      return cost.of(model);
    } catch (IOException e) {
      throw new UncheckedIOException("the peak of memory could not be read: " + e, e);
    }
  }
}
