package dev.mtlora.train;

import java.io.PrintStream;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.LongSupplier;

/**
 * Tells people how far a training is: one line that is rewritten in a terminal, a plain line now
 * and then elsewhere, and the headline scores of every evaluation.
 */
public final class ProgressListener implements TrainingListener {
  private static final double TERMINAL_SECONDS = 0.1;
  private static final double PLAIN_SECONDS = 10;
  private static final int BAR = 24;

  /** Share of the newest step in the mean duration of a step. */
  private static final double NEWEST = 0.1;

  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private double secondsPerStep = Double.NaN;
  private long lastShown;
  private int shownLength;

  /**
   * Writes to a stream.
   *
   * @param terminal true to keep rewriting one line
   */
  public ProgressListener(PrintStream out, boolean terminal) {
    this(out, terminal, System::nanoTime);
  }

  ProgressListener(PrintStream out, boolean terminal, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
  }

  @Override
  public void onStep(Training training, Step step) {
    boolean first = Double.isNaN(secondsPerStep);
    secondsPerStep =
        first ? step.seconds() : secondsPerStep + NEWEST * (step.seconds() - secondsPerStep);
    boolean last = step.step() == training.totalSteps();
    double elapsed = (nanos.getAsLong() - lastShown) / 1e9;
    if (first || last || elapsed >= (terminal ? TERMINAL_SECONDS : PLAIN_SECONDS)) {
      lastShown = nanos.getAsLong();
      show(line(training, step));
    }
    if (step.epoch() == 0 && (last || training.epoch() > 0) && !training.unlearnt().isEmpty()) {
      warn(training);
    }
  }

  private void warn(Training training) {
    endLine();
    out.printf(
        Locale.ROOT,
        "warning: in the first epoch no pixel of %s had a label: all are missing or ignored, so that"
            + " nothing is learnt of it; see what mtlora data check says%n",
        String.join(", ", training.unlearnt()));
  }

  private String line(Training training, Step step) {
    long total = training.totalSteps();
    String text =
        String.format(
            Locale.ROOT,
            "epoch %d/%d  step %d/%d  loss %.4g  %.1f images/s  %s left",
            step.epoch() + 1,
            training.settings().epochs(),
            step.step(),
            total,
            step.loss(),
            step.ids().size() / secondsPerStep,
            duration((total - step.step()) * secondsPerStep));
    return terminal ? bar(step.step(), total) + "  " + text : text;
  }

  private static String bar(long step, long total) {
    int full = (int) (BAR * step / total);
    return "[" + "#".repeat(full) + " ".repeat(BAR - full) + "]";
  }

  /** {@code m:ss}, or {@code h:mm:ss} from an hour on. */
  static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 3600
        ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }

  @Override
  public void onShrink(Training training) {
    endLine();
    out.printf(
        Locale.ROOT,
        "step %d: ranks shrank to %d in all%n",
        training.step(),
        training.model().backbone().ranks().values().stream().mapToInt(rank -> rank).sum());
  }

  @Override
  public void onEvaluation(Training training, Evaluation evaluation) {
    StringJoiner scores = new StringJoiner(", ");
    evaluation
        .scores()
        .tasks()
        .forEach(
            (task, s) ->
                scores.add(
                    String.format(Locale.ROOT, "%s %s %.4g", task, s.headline(), s.value())));
    endLine();
    out.printf(
        Locale.ROOT,
        "after epoch %d (step %d): %s%n",
        evaluation.epoch(),
        evaluation.step(),
        scores);
  }

  @Override
  public void onEnd(Training training, Report report) {
    endLine();
    out.printf(
        Locale.ROOT,
        "%s after %d of %d steps in %s%s%n",
        report.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        report.steps(),
        report.totalSteps(),
        duration(report.seconds()),
        report.reason().isEmpty() ? "" : ": " + report.reason());
  }

  private void show(String line) {
    if (!terminal) {
      out.println(line);
      return;
    }
    out.print("\r" + line + " ".repeat(Math.max(0, shownLength - line.length())));
    out.flush();
    shownLength = line.length();
  }

  private void endLine() {
    if (shownLength > 0) {
      out.println();
      shownLength = 0;
    }
  }
}
