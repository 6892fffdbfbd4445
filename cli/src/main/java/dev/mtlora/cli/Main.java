package dev.mtlora.cli;

import dev.mtlora.files.Printable;
import dev.mtlora.run.ConfigException;
import dev.mtlora.weights.CheckpointException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
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
      ServeCommand.class,
      MergeCommand.class,
      ExportCommand.class,
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
          "mtlora: no locale is set, or none that is installed, so that files whose names have other"
              + " letters than those of ASCII cannot be found: install a UTF-8 locale and set it before"
              + " the start, for instance LC_ALL=C.UTF-8");
    }
  }

  static CommandLine commandLine() {
    Main main = new Main();
    CommandLine command = new CommandLine(main);
    return command
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)) // a Terminal lets none pass
        .setOut(new Terminal(command.getOut()))
        .setErr(new Terminal(command.getErr()))
        .setExecutionStrategy(Main::run)
        .setExecutionExceptionHandler(main::explain);
  }

  private static int run(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError e) { // nothing is kept of what needed it
      CommandLine command = parsed.commandSpec().commandLine();
      throw new CommandLine.ExecutionException(command, "memory ran out", e);
    }
  }

  /** One readable paragraph instead of a stack trace; further lines of a report are indented. */
  private int explain(Exception error, CommandLine command, ParseResult parsed) {
    if (verbose) {
      error.printStackTrace(command.getErr());
    }
    command.getErr().println("mtlora: " + message(error).replace("\n", "\n  "));
    return error instanceof ConfigException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  private static String message(Exception error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return String.format(
            Locale.ROOT,
            "memory ran out (%s): Java may use %d MB here; give it more, MTLORA_OPTS=-Xmx4g, or make"
                + " the pictures, train.batch or train.workers smaller",
            Printable.of(String.valueOf(cause.getMessage())),
            Runtime.getRuntime().maxMemory() >> 20);
      }
    }
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    return error instanceof CheckpointException ? message : Printable.of(message);
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
