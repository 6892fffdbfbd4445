package dev.mtlora.train;

import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Device;
import dev.mtlora.train.balance.Balance;
import java.util.Locale;

/**
 * How to train.
 *
 * @param epochs passes over the training set, at least 1
 * @param maxSteps optimiser steps after which training ends even within an epoch; 0 for no limit
 * @param accumulation batches per optimiser step, at least 1; their mean gradient is used
 * @param clipNorm largest norm of the gradient; 0 leaves it as it is
 * @param bf16 true for bf16 arithmetic in the forward pass
 * @param device where the model is
 * @param seed of dropout and drop path
 * @param optimizer settings of AdamW
 * @param evaluateEvery epochs between evaluations; 0 for only one, at the end
 * @param checkpointEvery epochs between checkpoints; 0 for only one, at the end
 * @param balance how the tasks' losses are weighed against each other
 */
public record TrainSettings(
    int epochs,
    int maxSteps,
    int accumulation,
    double clipNorm,
    boolean bf16,
    Device device,
    long seed,
    AdamW.Settings optimizer,
    int evaluateEvery,
    int checkpointEvery,
    Balance balance) {

  /** Checks the ranges. */
  public TrainSettings {
    atLeast("epochs", epochs, 1);
    atLeast("maxSteps", maxSteps, 0);
    atLeast("accumulation", accumulation, 1);
    atLeast("evaluateEvery", evaluateEvery, 0);
    atLeast("checkpointEvery", checkpointEvery, 0);
    if (!(clipNorm >= 0 && clipNorm < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "train.clipNorm must be a finite number of at least 0 but is " + clipNorm);
    }
  }

  private static void atLeast(String name, int value, int minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "train.%s must be at least %d but is %d", name, minimum, value));
    }
  }

  /**
   * Optimiser steps in an epoch; batches that don't fill a last step are left out.
   *
   * @param batches in an epoch
   * @throws IllegalArgumentException if there is no step
   */
  public int stepsPerEpoch(int batches) {
    if (batches < accumulation) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "an epoch of %d batches makes no step of accumulation %d: lower one of accumulation and",
                  batches,
                  accumulation)
              + " batch size");
    }
    return batches / accumulation;
  }

  /** Optimiser steps in the whole training. */
  public long totalSteps(int batches) {
    long all = (long) epochs * stepsPerEpoch(batches);
    return maxSteps == 0 ? all : Math.min(maxSteps, all);
  }
}
