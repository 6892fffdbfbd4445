package dev.mtlora.run;

import dev.mtlora.data.DataLoader;
import dev.mtlora.nn.Inline;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Engine;
import dev.mtlora.train.Schedule;
import dev.mtlora.train.TrainSettings;
import dev.mtlora.train.balance.Balance;
import dev.mtlora.train.balance.FixedWeights;
import dev.mtlora.weights.ModelFolder;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * How long and how to train; the defaults are the paper's recipe.
 *
 * @param epochs passes over the training samples
 * @param steps stop after this many updates, even in the middle of an epoch
 * @param batch images per batch
 * @param accumulation batches per update
 * @param rates learning rates
 * @param weightDecay of AdamW, for parameters of two and more dimensions
 * @param clip largest norm of the gradient; 0 for no limit
 * @param precision f32, or bf16 for mixed precision
 * @param recompute true to compute the backbone's blocks again in the backward pass, for memory
 * @param device where the model is trained: cpu, cuda or cuda:N
 * @param seed of initial weights, order, augmentation and dropout
 * @param evaluateEvery epochs between two evaluations
 * @param keepLast checkpoints of the latest evaluations to keep, besides the best one
 * @param earlyStop evaluations without a better one before training ends; 0 to never end early
 * @param threads CPU threads of one operation, at most as many as there are cores; 0 for the
 *     engine's own choice
 * @param workers threads that read samples
 * @param balance how the tasks' losses are weighed against each other
 */
public record TrainSpec(
    int epochs,
    OptionalInt steps,
    int batch,
    int accumulation,
    @Inline Rates rates,
    double weightDecay,
    double clip,
    Precision precision,
    boolean recompute,
    Device device,
    long seed,
    int evaluateEvery,
    int keepLast,
    int earlyStop,
    int threads,
    int workers,
    Balance balance) {

  /** Images per update that the rates are for. */
  private static final double PAPER_BATCH = 512;

  private static final int MOST_IN_BATCH = 65_536;

  /** What is computed in. */
  public enum Precision {
    /** Single precision. */
    F32,
    /** Mixed: products in bfloat16. */
    BF16
  }

  /** The shape of the learning rate over time, after the warm-up. */
  public enum Shape {
    /** Half a cosine down to the smallest rate. */
    COSINE,
    /** A line down to a hundredth of the rate. */
    LINEAR,
    /** Multiplied by {@link Rates#decay} every {@link Rates#decayEpochs}. */
    STEP,
    /** Multiplied by {@link Rates#decay} at every one of {@link Rates#milestones}. */
    MULTISTEP
  }

  /**
   * Learning rates, before they are scaled.
   *
   * @param lr after the warm-up
   * @param warmupLr at the start
   * @param minLr at the end of a cosine
   * @param scaleLr true to multiply all three by the images per update / 512
   * @param warmupEpochs length of the warm-up
   * @param schedule of the rate after the warm-up
   * @param decay factor of the shapes step and multistep
   * @param decayEpochs epochs between two steps
   * @param milestones epochs, in order
   */
  public record Rates(
      double lr,
      double warmupLr,
      double minLr,
      boolean scaleLr,
      int warmupEpochs,
      Shape schedule,
      double decay,
      int decayEpochs,
      List<Integer> milestones) {
    /** Checks the ranges. */
    public Rates {
      Checks.notNegative(lr, "lr");
      Checks.notNegative(warmupLr, "warmupLr");
      Checks.notNegative(minLr, "minLr");
      Checks.atLeast(0, warmupEpochs, "warmupEpochs");
      Checks.notNegative(decay, "decay");
      Checks.atLeast(1, decayEpochs, "decayEpochs");
      milestones = List.copyOf(milestones);
      if (schedule == Shape.MULTISTEP && milestones.isEmpty()) {
        throw new IllegalArgumentException(
            "schedule is multistep, which needs train.milestones, for instance [60, 80]");
      }
    }

    /** The paper's. */
    public Rates() {
      this(5e-4, 5e-7, 5e-6, true, 20, Shape.COSINE, 0.1, 30, List.of());
    }

    private Schedule schedule(double scale, int updatesPerEpoch, long total) {
      Schedule.WarmUp warmUp =
          new Schedule.WarmUp(scale * lr, scale * warmupLr, (long) warmupEpochs * updatesPerEpoch);
      return switch (schedule) {
        case COSINE -> new Schedule.Cosine(warmUp, total, scale * minLr, true);
        case LINEAR -> new Schedule.Linear(warmUp, total);
        case STEP -> new Schedule.Step(warmUp, (long) decayEpochs * updatesPerEpoch, decay);
        case MULTISTEP ->
            new Schedule.MultiStep(
                warmUp, milestones.stream().map(e -> (long) e * updatesPerEpoch).toList(), decay);
      };
    }
  }

  /** Checks the ranges. */
  public TrainSpec {
    Checks.atLeast(1, epochs, "epochs");
    steps.ifPresent(count -> Checks.atLeast(1, count, "steps"));
    Checks.between(1, MOST_IN_BATCH, batch, "batch");
    Checks.atLeast(1, accumulation, "accumulation");
    Checks.notNegative(weightDecay, "weightDecay");
    Checks.notNegative(clip, "clip");
    if (rates.warmupEpochs() >= epochs) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "warmupEpochs must be less than train.epochs (%d) but is %d",
              epochs,
              rates.warmupEpochs()));
    }
    Checks.atLeast(1, evaluateEvery, "evaluateEvery");
    Checks.atLeast(1, keepLast, "keepLast");
    Checks.atLeast(0, earlyStop, "earlyStop");
    Checks.between(0, Engine.MOST_THREADS, threads, "threads");
    Checks.between(0, DataLoader.MOST_WORKERS, workers, "workers");
    try {
      balance.checkRecompute(recompute);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("balance: " + e.getMessage(), e);
    }
  }

  /** The paper's recipe. */
  public TrainSpec() {
    this(
        300,
        OptionalInt.empty(),
        32,
        1,
        new Rates(),
        0.05,
        5,
        Precision.F32,
        false,
        Device.CPU,
        ModelFolder.SEED,
        1,
        1,
        0,
        0,
        2,
        new FixedWeights());
  }

  /** So many epochs at a rate that falls to 0, without a warm-up; all else is the paper's. */
  public static TrainSpec of(int epochs, int batch, double lr) {
    TrainSpec paper = new TrainSpec();
    return new TrainSpec(
        epochs,
        paper.steps,
        batch,
        paper.accumulation,
        new Rates(lr, 0, 0, false, 0, Shape.COSINE, 0.1, 30, List.of()),
        paper.weightDecay,
        paper.clip,
        paper.precision,
        paper.recompute,
        paper.device,
        paper.seed,
        epochs,
        paper.keepLast,
        paper.earlyStop,
        paper.threads,
        paper.workers,
        paper.balance);
  }

  /** True for mixed precision. */
  public boolean bf16() {
    return precision == Precision.BF16;
  }

  /**
   * The learning rate of every update.
   *
   * @param updatesPerEpoch optimiser steps in an epoch
   */
  Schedule schedule(int updatesPerEpoch) {
    double scale = rates.scaleLr() ? batch * (double) accumulation / PAPER_BATCH : 1;
    return rates.schedule(scale, updatesPerEpoch, (long) epochs * updatesPerEpoch);
  }

  /** What the training loop needs to know. */
  TrainSettings settings() {
    return new TrainSettings(
        epochs,
        steps.orElse(0),
        accumulation,
        clip,
        bf16(),
        device,
        seed,
        new AdamW.Settings(0.9, 0.999, 1e-8, weightDecay),
        evaluateEvery,
        1,
        balance);
  }
}
