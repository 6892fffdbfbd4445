package dev.mtlora.app;

import dev.mtlora.compare.Summary;
import dev.mtlora.config.Assembly;
import dev.mtlora.config.RunConfig;
import dev.mtlora.data.DataLoader;
import dev.mtlora.io.AdapterFile;
import dev.mtlora.io.Checkpoint;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
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
import dev.mtlora.train.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;

/** One training from the parameter table to the panel; nothing is written before all is known. */
final class TrainSession {
  private final RunConfig config;
  private final RunFolder folder;
  private final PrintWriter out;
  private final Assembly assembly;
  private final Selection selection;
  private final Cost cost = new Cost();

  TrainSession(RunConfig config, RunFolder folder, PrintWriter out) {
    this.config = config;
    this.folder = folder;
    this.out = out;
    assembly = Assembly.of(config);
    selection = assembly.selection();
  }

  /** Trains from the start, or from the folder's last checkpoint; returns the exit code. */
  int run(boolean resume) {
    assembly.useThreads().ifPresent(this::say);
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.model(this::say);
      DataLoader training = assembly.trainingLoader(model);
      DataLoader validation = assembly.validationLoader();
      Trainer trainer = assembly.trainer(training, listeners());
      out.print(ParameterTable.of(ParameterReport.of(model)));
      out.flush();
      RankTable ranks = RankTable.of(model);
      Panel panel = new Panel(assembly.validation(), model);
      try (RunLock lock = folder.create(config);
          Interruption interruption = new Interruption(trainer::stop)) {
        Scores before = before(model, validation);
        Report report =
            resume && Checkpoint.exists(folder.last())
                ? trainer.resume(model, training, validation, Checkpoint.read(folder.last()))
                : trainer.fit(model, training, validation);
        if (report.outcome() == Report.Outcome.INTERRUPTED) {
          say("stopped; the same command with --resume goes on from step " + report.steps());
          return 1;
        }
        finish(model, panel, before, report);
        out.print(ranks.change(RankTable.of(model)));
        out.flush();
      }
      return 0;
    }
  }

  private List<TrainingListener> listeners() {
    CheckpointListener.Origin origin =
        new CheckpointListener.Origin(config.json(), Main.Version.text());
    return List.of(
        new ProgressListener(System.out, CommandLine.Help.Ansi.AUTO.enabled()),
        new CsvListener(folder.file("metrics.csv")),
        new HistoryListener(folder.file("metrics.json")),
        new TensorBoardListener(folder.file("tensorboard")),
        cost,
        new CheckpointListener(
            folder.checkpoints(), config.train().keepLast(), origin, selection, this::say));
  }

  /** The scores before training; a resumed run has kept them. */
  private Scores before(MultiTaskModel model, DataLoader validation) {
    List<Evaluation> kept = folder.keptBefore();
    if (!kept.isEmpty()) {
      return kept.get(0).scores();
    }
    say(
        String.format(
            Locale.ROOT, "evaluating on %d images before training", validation.samples()));
    Scores scores = assembly.evaluator().evaluate(model, validation);
    folder.keepBefore(scores);
    return scores;
  }

  private void finish(MultiTaskModel model, Panel panel, Scores before, Report report) {
    List<Evaluation> history = report.history();
    Evaluation best = history.get(selection.best(history));
    Summary summary = new Summary(history.get(history.size() - 1), costOf(model));
    Checkpoint.loadModel(folder.best(), model);
    AdapterFile.write(
        folder.file("adapter"),
        model,
        assembly.origin(HistoryJson.write(best), Main.Version.text()),
        DType.F16);
    panel.write(folder.file("panel.png"), model);
    folder.keepSummary(summary);
    out.print(ScoreTable.comparison(before, best.scores(), selection.singleTask()));
    say(
        String.format(
            Locale.ROOT,
            "best evaluation: step %d of %d; everything is in %s",
            best.step(),
            report.totalSteps(),
            folder.path()));
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
