package dev.mtlora.cli;

import picocli.CommandLine.Command;

/** Measures how fast a configuration is on this machine. */
@Command(
    name = "bench",
    description = {
      "Times a configuration, on made-up scenes and the weights as drawn.",
      "With --compare, a second method is timed in turn with the first."
    },
    subcommands = {
      BenchStepCommand.class,
      BenchLayersCommand.class,
      BenchForwardCommand.class,
      BenchEmbeddedCommand.class,
      BenchEnginesCommand.class
    })
final class BenchCommand {}
