package dev.mtlora.app;

import dev.mtlora.config.ConfigException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
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
    warnOfFileNames();
    System.exit(commandLine().execute(args));
  }

  /** Else every file with another letter in its name seems to be missing. */
  private static void warnOfFileNames() {
    String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
    if (Charset.forName(encoding).equals(StandardCharsets.US_ASCII)) {
      System.err.println(
          "mtlora: no locale is set, so that files whose names have other letters than those of"
              + " ASCII cannot be found: install a UTF-8 locale and set it before the start, for"
              + " instance LC_ALL=C.UTF-8");
    }
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
