package dev.mtlora.cli;

import dev.mtlora.data.Split;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.RunListener;
import dev.mtlora.train.ProgressListener;
import dev.mtlora.train.Report;
import dev.mtlora.train.TrainingListener;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Prints and draws what a run tells: from the parameter table to the panel. */
final class TrainSession implements RunListener {
  private final PrintWriter out;
  private @Nullable Interruption interruption;
  private @Nullable RankTable ranks;
  private @Nullable Panel panel;
  private boolean ended;

  TrainSession(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void say(String line) {
    out.println(line);
    out.flush();
  }

  @Override
  public List<TrainingListener> training() {
    return List.of(new ProgressListener(System.out, CommandLine.Help.Ansi.AUTO.enabled()));
  }

  @Override
  public void onReady(MultiTaskModel model, Assembly assembly, Runnable stop) {
    out.print(ParameterTable.of(ParameterReport.of(model)));
    out.flush();
    ranks = RankTable.of(model);
    panel = new Panel(assembly.samples(Split.VAL), assembly.resize(), model);
    interruption = new Interruption(stop);
  }

  @Override
  public void onStop(Report report) {
    say("stopped; the same command with --resume goes on from step " + report.steps());
  }

  @Override
  public void onEnd(Result result) {
    ended = true;
    if (panel != null) {
      panel.write(result.folder().resolve("panel.png"), result.model());
    }
    out.print(
        ScoreTable.comparison(
            result.before(), result.chosen().scores(), result.selection().singleTask()));
    say(
        String.format(
            Locale.ROOT,
            "best evaluation: step %d of %d; everything is in %s",
            result.best().step(),
            result.report().totalSteps(),
            result.folder()));
    if (result.checkpoint().isEmpty()) {
      say(
          String.format(
              Locale.ROOT,
              "its checkpoint is gone: adapter, panel and the scores above are of step %d, the last",
              result.chosen().step()));
    }
    if (ranks != null) {
      out.print(ranks.change(RankTable.of(result.model())));
      out.flush();
    }
  }

  @Override
  public void onClose() {
    if (interruption != null) {
      interruption.close();
    }
  }

  /** True if the training was not stopped. */
  boolean hasEnded() {
    return ended;
  }
}
