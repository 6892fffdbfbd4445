package dev.mtlora.app;

import dev.mtlora.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The program: exit code 0 when done, 1 when something failed, 2 when it was called wrongly. */
@Command(
    name = "mtlora",
    description = "Adapt one pre-trained vision backbone to many dense tasks.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Main.Version.class,
    subcommands = {
      TrainCommand.class,
      EvalCommand.class,
      CompareCommand.class,
      BenchCommand.class,
      PredictCommand.class,
      MergeCommand.class,
      DataCommand.class,
      ParamsCommand.class,
      InspectCommand.class,
      ConvertCommand.class
    })
public final class Main {

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show where in the program an error came from.")
  private boolean verbose;

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    Main main = new Main();
    return new CommandLine(main)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(main::explain);
  }

  /** One readable paragraph instead of a stack trace. */
  private int explain(Exception error, CommandLine command, ParseResult parsed) {
    if (verbose) {
      error.printStackTrace(command.getErr());
    }
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    command.getErr().println("mtlora: " + message);
    return error instanceof ConfigException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  static final class Version implements IVersionProvider {
    /** The version of this build. */
    static String text() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "(development)" : version;
    }

    @Override
    public String[] getVersion() {
      return new String[] {"mtlora " + text()};
    }
  }
}
