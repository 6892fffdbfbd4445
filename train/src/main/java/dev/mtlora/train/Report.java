package dev.mtlora.train;

import java.util.List;

/**
 * How a training ended.
 *
 * @param outcome whether it ran to its end
 * @param reason why it ended earlier; empty if it did not
 * @param steps optimiser steps made, those before a resumption included
 * @param totalSteps optimiser steps of a whole run
 * @param history all evaluations
 * @param seconds wall-clock time since the start or the resumption
 */
public record Report(
    Outcome outcome,
    String reason,
    long steps,
    long totalSteps,
    List<Evaluation> history,
    double seconds) {
  /** Keeps a copy. */
  public Report {
    history = List.copyOf(history);
  }

  /** Ways to end. */
  public enum Outcome {
    /** All steps were made, and the evaluation after the last one. */
    FINISHED,
    /** A listener saw no use in going on. */
    STOPPED_EARLY,
    /** Somebody asked to stop; the last checkpoint continues from here. */
    INTERRUPTED
  }
}
