package dev.mtlora.train;

import dev.mtlora.data.Batch;
import dev.mtlora.data.DataLoader;
import dev.mtlora.image.Block;
import dev.mtlora.loss.Labels;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.train.balance.Balancer;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.TrainState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A training in progress, as its listeners see it. */
public final class Training {
  private final MultiTaskModel model;
  private final TrainSettings settings;
  private final int stepsPerEpoch;
  private final long totalSteps;
  private final AdamW optimizer;
  private final Balancer balancer;
  private final List<Evaluation> history = new ArrayList<>();
  private final Set<String> unlearnt;
  private long step;
  private String endReason = "";

  Training(MultiTaskModel model, TrainSettings settings, DataLoader loader) {
    requireBatches(model, loader);
    this.model = model;
    this.settings = settings;
    this.stepsPerEpoch = settings.stepsPerEpoch(loader.batches());
    this.totalSteps = settings.totalSteps(loader.batches());
    this.optimizer = optimizer(model, settings);
    this.balancer = settings.balance().start(model.taskNames());
    settings.balance().checkRecompute(model.backbone().recomputes());
    this.unlearnt = new LinkedHashSet<>(model.taskNames());
  }

  /** A fresh optimiser of all that is trained. */
  static AdamW optimizer(MultiTaskModel model, TrainSettings settings) {
    Map<String, Parameter> trainable = model.trainable();
    AdamW optimizer =
        new AdamW(
            Module.tensors(trainable),
            name -> Objects.requireNonNull(trainable.get(name)).decays(),
            settings.optimizer());
    trainable.forEach(
        (name, parameter) ->
            parameter.listen((dimension, kept) -> optimizer.kept(name, dimension, kept)));
    return optimizer;
  }

  private static void requireBatches(MultiTaskModel model, DataLoader loader) {
    int size = loader.settings().batchSize();
    int rest = loader.settings().dropLast() ? 0 : loader.samples() % size;
    int smallest = rest == 0 ? size : rest;
    if (smallest < model.minimumTrainingBatch()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the decoders need training batches of at least %d images but one would have %d: change"
                  + " the batch size, drop the last batch, or use other decoders",
              model.minimumTrainingBatch(),
              smallest));
    }
  }

  /** The model. */
  public MultiTaskModel model() {
    return model;
  }

  /** The settings. */
  public TrainSettings settings() {
    return settings;
  }

  /** Optimiser steps made. */
  public long step() {
    return step;
  }

  /** Optimiser steps in an epoch. */
  public int stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** Optimiser steps in the whole training. */
  public long totalSteps() {
    return totalSteps;
  }

  /** The epoch of the next step, from 0; also the number of whole epochs made. */
  public int epoch() {
    return (int) (step / stepsPerEpoch);
  }

  /** Position of the next batch in its epoch, from 0. */
  public int batch() {
    return (int) (step % stepsPerEpoch) * settings.accumulation();
  }

  /** All evaluations so far. */
  public List<Evaluation> history() {
    return Collections.unmodifiableList(history);
  }

  /** Everything that resuming needs; its tensors are live, not copies. */
  public TrainState state() {
    return new TrainState(
        step,
        epoch(),
        batch(),
        settings.seed(),
        joined(optimizer.steps(), balancer.steps()),
        model.state(),
        joined(optimizer.moments(), balancer.state()),
        List.copyOf(unlearnt),
        HistoryJson.write(history),
        "{}",
        "");
  }

  /** Tasks none of whose pixels has had a label yet: of all the steps made, they learnt nothing. */
  public Set<String> unlearnt() {
    return Collections.unmodifiableSet(unlearnt);
  }

  void learnsFrom(Batch batch) {
    unlearnt.removeIf(task -> isLabelled(batch.labels().get(task)));
  }

  private static boolean isLabelled(@Nullable Block label) {
    if (label != null) {
      for (float value : label.values()) {
        if (value != Labels.IGNORE) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * What has learnt nothing is no result.
   *
   * @throws TrainingException if no task has learnt from any pixel
   */
  void requireLearnt() {
    if (unlearnt.containsAll(model.taskNames())) {
      throw new TrainingException(
          String.format(
              Locale.ROOT,
              "no pixel was ever learnt from: in all %d steps the labels of all tasks %s were missing"
                  + " or ignored (%.0f). Look at the labels with mtlora data check, and at what the"
                  + " configuration says of their values",
              step,
              model.taskNames(),
              Labels.IGNORE));
    }
  }

  /**
   * A state that resuming could not use is not kept.
   *
   * @throws TrainingException if a trained parameter or a buffer is not finite
   */
  void requireFinite() {
    Map<String, Tensor> trained = Module.tensors(model.trainable());
    trained.putAll(model.buffers());
    try (Scope scope = Scope.inference()) {
      trained.forEach(
          (name, tensor) -> {
            if (tensor.isFinite().not().sum().item() > 0) {
              throw new TrainingException(
                  String.format(
                      Locale.ROOT,
                      "step %d: '%s' is not finite any more. Lower the learning rate; the last"
                          + " checkpoint is untouched",
                      step,
                      name));
            }
          });
    }
  }

  private static <T> Map<String, T> joined(Map<String, T> first, Map<String, T> second) {
    Map<String, T> all = new LinkedHashMap<>(first);
    all.putAll(second);
    return all;
  }

  /** Ends the training after the current step or evaluation, as no longer useful. */
  public void endEarly(String reason) {
    endReason = reason;
  }

  AdamW optimizer() {
    return optimizer;
  }

  Balancer balancer() {
    return balancer;
  }

  /** Why a listener wants to end; empty if none does. */
  Optional<String> endReason() {
    return endReason.isEmpty() ? Optional.empty() : Optional.of(endReason);
  }

  boolean finished() {
    return step >= totalSteps;
  }

  boolean evaluationDue() {
    boolean evaluated = !history.isEmpty() && history.get(history.size() - 1).step() == step;
    return !evaluated && due(settings.evaluateEvery());
  }

  boolean checkpointDue() {
    return due(settings.checkpointEvery());
  }

  private boolean due(int everyEpochs) {
    boolean wholeEpoch = step > 0 && step % stepsPerEpoch == 0;
    return finished() || (wholeEpoch && everyEpochs > 0 && epoch() % everyEpochs == 0);
  }

  void made(Evaluation evaluation) {
    history.add(evaluation);
  }

  void madeStep() {
    step++;
  }

  void restore(TrainState from) {
    step = from.step();
    if (from.epoch() != epoch() || from.batch() != batch() || from.seed() != settings.seed()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the checkpoint is at step %d = epoch %d, batch %d, seed %d, but with these settings step"
                  + " %d is epoch %d, batch %d, seed %d: resume with the data, batch size,"
                  + " accumulation and seed of the run",
              from.step(),
              from.epoch(),
              from.batch(),
              from.seed(),
              step,
              epoch(),
              batch(),
              settings.seed()));
    }
    Checkpoint.restore("the checkpoint's model", from.model(), model);
    optimizer.followShapes();
    Checkpoint.restore(
        "the checkpoint's optimiser",
        from.optimizer(),
        joined(optimizer.moments(), balancer.state()));
    Map<String, Long> steps = new LinkedHashMap<>(from.optimizerSteps());
    steps.keySet().removeAll(balancer.steps().keySet());
    optimizer.restoreSteps(steps);
    steps = new LinkedHashMap<>(from.optimizerSteps());
    steps.keySet().retainAll(balancer.steps().keySet());
    balancer.restoreSteps(steps);
    history.addAll(HistoryJson.read(from.history()));
    unlearnt.retainAll(from.unlearnt());
  }
}
