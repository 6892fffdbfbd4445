package dev.mtlora.app;

import dev.mtlora.config.Assembly;
import dev.mtlora.config.ConfigException;
import dev.mtlora.config.RunConfig;
import dev.mtlora.data.DataLoader;
import dev.mtlora.io.Checkpoint;
import dev.mtlora.io.Weights;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.CheckpointListener;
import dev.mtlora.train.CsvListener;
import dev.mtlora.train.HistoryListener;
import dev.mtlora.train.ProgressListener;
import dev.mtlora.train.Report;
import dev.mtlora.train.TensorBoardListener;
import dev.mtlora.train.Trainer;
import dev.mtlora.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains what a configuration describes, into a run folder that {@code --resume} goes on from. */
@Command(
    name = "train",
    description = "Trains a model; Ctrl-C leaves a checkpoint that --resume goes on from.")
final class TrainCommand implements Callable<Integer> {
  private static final String VERSION = "0.1.0-SNAPSHOT";

  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run folder; runs/CONFIG if not given.")
  private @Nullable Path out;

  @Option(names = "--resume", description = "Goes on from the run folder's last checkpoint.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    RunConfig config = options.read();
    Path run = out == null ? Path.of("runs", options.name()) : out;
    Path last = run.resolve("checkpoints").resolve(CheckpointListener.LAST);
    requireFolder(run, last);
    Assembly assembly = Assembly.of(config);
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.model();
      DataLoader training = assembly.trainingLoader(model);
      DataLoader validation = assembly.validationLoader();
      Files.createDirectories(run);
      Files.writeString(run.resolve("config.yaml"), config.yaml());
      System.out.print(ParameterTable.of(ParameterReport.of(model)));
      Trainer trainer = assembly.trainer(training, listeners(run, config, assembly));
      Report report;
      try (Interruption interruption = new Interruption(trainer::stop)) {
        report =
            resume
                ? trainer.resume(model, training, validation, Checkpoint.read(last))
                : trainer.fit(model, training, validation);
        Weights.saveAdapter(run.resolve("adapter.safetensors"), model);
      }
      boolean interrupted = report.outcome() == Report.Outcome.INTERRUPTED;
      System.out.println(
          interrupted ? "interrupted; go on with --resume --out " + run : "done: " + run);
      return interrupted ? 1 : 0;
    }
  }

  private void requireFolder(Path run, Path last) {
    if (resume && !Checkpoint.exists(last)) {
      throw new ConfigException(
          "there is no checkpoint in %s to resume from: leave out --resume".formatted(last));
    }
    if (!resume && Files.exists(run)) {
      throw new ConfigException(
          "the run folder %s already exists: go on with --resume, or name another with --out"
              .formatted(run));
    }
  }

  private static List<TrainingListener> listeners(Path run, RunConfig config, Assembly assembly) {
    return List.of(
        new ProgressListener(System.out, System.console() != null),
        new CsvListener(run.resolve("metrics.csv")),
        new HistoryListener(run.resolve("metrics.json")),
        new TensorBoardListener(run.resolve("tensorboard")),
        new CheckpointListener(
            run.resolve("checkpoints"),
            new CheckpointListener.Origin(config.json(), VERSION),
            assembly.selection(),
            System.out::println));
  }
}
