package dev.mtlora.cli;

import dev.mtlora.run.Run;
import java.nio.file.Path;
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
    Path folder = out == null ? Path.of("runs", config.name()) : out;
    TrainSession session = new TrainSession(spec.commandLine().getOut());
    if (resume) {
      Run.open(folder, config.overrides()).resume(session);
    } else {
      Run.start(config.read(), folder, session);
    }
    return session.hasEnded() ? 0 : 1;
  }
}
