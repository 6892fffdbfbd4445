package dev.mtlora.run;

import dev.mtlora.data.DataLoader;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Engine;
import dev.mtlora.train.Schedule;
import dev.mtlora.train.TrainSettings;
import dev.mtlora.train.balance.Balance;
import java.util.Arrays;
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
 * @param bf16 mixed precision
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
public record TrainConfig(
    int epochs,
    OptionalInt steps,
    int batch,
    int accumulation,
    Rates rates,
    double weightDecay,
    double clip,
    boolean bf16,
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
  private static final List<String> PRECISIONS = List.of("f32", "bf16");

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
   * @param base after the warm-up
   * @param warmup at the start
   * @param min at the end of a cosine
   * @param scaled true to multiply all three by the images per update / 512
   * @param warmupEpochs length of the warm-up
   * @param shape of the rate after the warm-up
   * @param decay factor of the shapes step and multistep
   * @param decayEpochs epochs between two steps
   * @param milestones epochs, in order
   */
  public record Rates(
      double base,
      double warmup,
      double min,
      boolean scaled,
      int warmupEpochs,
      Shape shape,
      double decay,
      int decayEpochs,
      List<Integer> milestones) {
    /** Checks the ranges. */
    public Rates {
      Checks.notNegative(base, "train.lr");
      Checks.notNegative(warmup, "train.warmupLr");
      Checks.notNegative(min, "train.minLr");
      Checks.atLeast(0, warmupEpochs, "train.warmupEpochs");
      Checks.notNegative(decay, "train.decay");
      Checks.atLeast(1, decayEpochs, "train.decayEpochs");
      milestones = List.copyOf(milestones);
      if (shape == Shape.MULTISTEP && milestones.isEmpty()) {
        throw new IllegalArgumentException(
            "train.schedule is multistep, which needs train.milestones, for instance [60, 80]");
      }
    }

    private Schedule schedule(double scale, int updatesPerEpoch, long total) {
      Schedule.WarmUp warmUp =
          new Schedule.WarmUp(scale * base, scale * warmup, (long) warmupEpochs * updatesPerEpoch);
      return switch (shape) {
        case COSINE -> new Schedule.Cosine(warmUp, total, scale * min, true);
        case LINEAR -> new Schedule.Linear(warmUp, total);
        case STEP -> new Schedule.Step(warmUp, (long) decayEpochs * updatesPerEpoch, decay);
        case MULTISTEP ->
            new Schedule.MultiStep(
                warmUp, milestones.stream().map(e -> (long) e * updatesPerEpoch).toList(), decay);
      };
    }

    static Rates read(YamlBlock yaml) {
      List<String> shapes =
          Arrays.stream(Shape.values()).map(s -> s.name().toLowerCase(Locale.ROOT)).toList();
      return new Rates(
          yaml.number("lr", 5e-4),
          yaml.number("warmupLr", 5e-7),
          yaml.number("minLr", 5e-6),
          yaml.flag("scaleLr", true),
          yaml.count("warmupEpochs", 20),
          Shape.values()[shapes.indexOf(yaml.word("schedule", "cosine", shapes))],
          yaml.number("decay", 0.1),
          yaml.count("decayEpochs", 30),
          yaml.list("milestones", List.of(), YamlBlock::asCount));
    }
  }

  /** Checks the ranges. */
  public TrainConfig {
    Checks.atLeast(1, epochs, "train.epochs");
    steps.ifPresent(count -> Checks.atLeast(1, count, "train.steps"));
    Checks.between(1, MOST_IN_BATCH, batch, "train.batch");
    Checks.atLeast(1, accumulation, "train.accumulation");
    Checks.notNegative(weightDecay, "train.weightDecay");
    Checks.notNegative(clip, "train.clip");
    if (rates.warmupEpochs() >= epochs) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "train.warmupEpochs must be less than train.epochs (%d) but is %d",
              epochs,
              rates.warmupEpochs()));
    }
    Checks.atLeast(1, evaluateEvery, "train.evaluateEvery");
    Checks.atLeast(1, keepLast, "train.keepLast");
    Checks.atLeast(0, earlyStop, "train.earlyStop");
    Checks.between(0, Engine.MOST_THREADS, threads, "train.threads");
    Checks.between(0, DataLoader.MOST_WORKERS, workers, "train.workers");
  }

  /** Reads the block {@code train}. */
  static TrainConfig read(YamlBlock yaml) {
    yaml.allow(
        "epochs",
        "steps",
        "batch",
        "accumulation",
        "lr",
        "warmupLr",
        "minLr",
        "scaleLr",
        "warmupEpochs",
        "schedule",
        "decay",
        "decayEpochs",
        "milestones",
        "weightDecay",
        "clip",
        "precision",
        "recompute",
        "device",
        "seed",
        "evaluateEvery",
        "keepLast",
        "earlyStop",
        "threads",
        "workers",
        "balance");
    boolean recompute = yaml.flag("recompute", false);
    Balance balance = Balances.read(yaml.blockOrWord("balance", "name"));
    try {
      balance.checkRecompute(recompute);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("train.balance: " + e.getMessage(), e);
    }
    return new TrainConfig(
        yaml.count("epochs", 300),
        yaml.has("steps") ? OptionalInt.of(yaml.count("steps", 0)) : OptionalInt.empty(),
        yaml.count("batch", 32),
        yaml.count("accumulation", 1),
        Rates.read(yaml),
        yaml.number("weightDecay", 0.05),
        yaml.number("clip", 5.0),
        yaml.word("precision", "f32", PRECISIONS).equals("bf16"),
        recompute,
        Device.parse(yaml.text("device", "cpu")),
        yaml.whole("seed", 1),
        yaml.count("evaluateEvery", 1),
        yaml.count("keepLast", 1),
        yaml.count("earlyStop", 0),
        yaml.count("threads", 0),
        yaml.count("workers", 2),
        balance);
  }

  /**
   * The learning rate of every update.
   *
   * @param updatesPerEpoch optimiser steps in an epoch
   */
  Schedule schedule(int updatesPerEpoch) {
    double scale = rates.scaled() ? batch * (double) accumulation / PAPER_BATCH : 1;
    return rates.schedule(scale, updatesPerEpoch, (long) epochs * updatesPerEpoch);
  }

  /** What the training loop needs to know. */
  TrainSettings settings() {
    return new TrainSettings(
        epochs,
        steps.orElse(0),
        accumulation,
        clip,
        bf16,
        device,
        seed,
        new AdamW.Settings(0.9, 0.999, 1e-8, weightDecay),
        evaluateEvery,
        1,
        balance);
  }
}
