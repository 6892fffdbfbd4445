package dev.mtlora.cli;

import picocli.CommandLine.Command;

/** What can be done with data alone. */
@Command(
    name = "data",
    description = "Looks at the data that a configuration names.",
    subcommands = {DataCheckCommand.class, DataShowCommand.class})
final class DataCommand {}
