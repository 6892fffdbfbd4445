package dev.mtlora.train;

import java.util.List;
import java.util.Locale;

/**
 * Ends a training when evaluations have stopped getting better.
 *
 * @param patience evaluations in a row that may be no better than the best one, at least 1
 * @param selection which of two evaluations is better
 */
public record EarlyStop(int patience, Selection selection) implements TrainingListener {
  /** Checks the patience. */
  public EarlyStop {
    if (patience < 1) {
      throw new IllegalArgumentException("patience must be at least 1 but is " + patience);
    }
  }

  /** A resumed training has its evaluations in the checkpoint, and has perhaps ended already. */
  @Override
  public void onStart(Training training) {
    judge(training);
  }

  @Override
  public void onEvaluation(Training training, Evaluation evaluation) {
    judge(training);
  }

  private void judge(Training training) {
    List<Evaluation> history = training.history();
    int best = selection.best(history);
    if (history.size() - 1 - best >= patience) {
      training.endEarly(
          String.format(
              Locale.ROOT,
              "no evaluation has been better than that of step %d for %d in a row",
              history.get(best).step(),
              patience));
    }
  }
}
