package dev.mtlora.train;

import java.io.PrintStream;

/** Tells people how far a training is. */
public final class ProgressListener implements TrainingListener {
  private final PrintStream out;
  private final boolean terminal;

  /**
   * Writes to a stream.
   *
   * @param terminal true to keep rewriting one line, with rate and remaining time; false for a plain
   *     line now and then
   */
  public ProgressListener(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void onEnd(Training training, Report report) {
    out.print(terminal ? "\n" : "");
  }
}
