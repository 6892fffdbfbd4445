package dev.mtlora.cli;

import dev.mtlora.data.check.SplitCheck;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;

/** One line that says how far a check is: rewritten on a terminal, else repeated now and then. */
final class DataProgress implements SplitCheck.Progress {
  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long PLAIN_NANOS = 10_000_000_000L;

  private final PrintWriter err;
  private final String split;
  private final boolean terminal = CommandLine.Help.Ansi.AUTO.enabled();
  private long last = System.nanoTime();
  private boolean shown;

  /**
   * Of a check of one split.
   *
   * @param err hears of it if standard error is no terminal, where a line can be rewritten
   */
  DataProgress(PrintWriter err, String split) {
    this.err = terminal ? new PrintWriter(System.err, false, StandardCharsets.US_ASCII) : err;
    this.split = split;
  }

  @Override
  public void at(int done, int all) {
    if (System.nanoTime() - last >= (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
      last = System.nanoTime();
      shown = true;
      err.printf(Locale.ROOT, terminal ? "\r%s: %d of %d" : "%s: %d of %d%n", split, done, all);
      err.flush();
    }
  }

  /** Takes the line away. */
  void end() {
    if (terminal && shown) {
      err.print("\r" + " ".repeat(40) + "\r");
      err.flush();
    }
  }
}
