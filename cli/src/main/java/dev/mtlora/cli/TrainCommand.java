package dev.mtlora.cli;

import dev.mtlora.run.ConfigException;
import dev.mtlora.run.RunSpec;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains the model that a configuration describes. */
@Command(name = "train", description = "Trains a model and fills a run folder.")
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run folder; runs/<name of the configuration> if not given.")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      description =
          "Goes on where the run folder's last checkpoint ends, with the configuration kept there.")
  private boolean resume;

  @Override
  public Integer call() {
    RunFolder folder = new RunFolder(out == null ? Path.of("runs", config.name()) : out);
    RunSpec run;
    Optional<Path> from = Optional.empty();
    if (resume) {
      run = folder.config(config.overrides());
      from = Optional.of(checkpoint(folder));
    } else {
      run = config.read();
      folder.requireNew();
    }
    return new TrainSession(run, folder, spec.commandLine().getOut()).run(from);
  }

  private static Path checkpoint(RunFolder folder) {
    return folder
        .newest()
        .orElseThrow(
            () ->
                new ConfigException(
                    String.format(
                        Locale.ROOT,
                        "%s holds no whole checkpoint to resume from: train anew into another folder"
                            + " with --out, or delete this one first",
                        folder.checkpoints())));
  }
}
