package dev.mtlora.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures how fast a configuration is on this machine. */
@Command(
    name = "bench",
    description = {
      "Times a configuration, on made-up scenes and the weights as drawn.",
      "With --compare, a second method is timed in turn with the first."
    },
    subcommands = {BenchStepCommand.class, BenchLayersCommand.class, BenchForwardCommand.class})
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Without a command there is nothing to do but say which there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
