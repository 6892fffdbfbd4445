package dev.mtlora.train;

import dev.mtlora.data.Batch;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Parameter;
import dev.mtlora.task.MultiTaskLoss.Losses;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.train.balance.Balancer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Gathers the mean gradient of the batches of one step, and refuses what is not finite. */
final class Gradients {
  private final MultiTaskModel model;
  private final TrainSettings settings;
  private final Balancer balancer;
  private final BatchLoss batchLoss;
  private final long number;
  private final Consumer<StepPart> parts;
  private final List<Batch> batches = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();
  private final MeanLosses losses = new MeanLosses();
  private final Map<String, Double> factors = new LinkedHashMap<>();
  private double total;

  /** For one step; its number is from 0, and from 1 in messages. Tells when a part is done. */
  Gradients(
      MultiTaskModel model,
      TrainSettings settings,
      Balancer balancer,
      long number,
      Consumer<StepPart> parts) {
    this.model = model;
    this.settings = settings;
    this.balancer = balancer;
    this.batchLoss = new BatchLoss(model, settings);
    this.number = number;
    this.parts = parts;
  }

  /** Leaves the gradient of these batches in the parameters. */
  void add(List<Batch> step) {
    Engine.seed(Rng.of(settings.seed(), number).nextLong());
    batches.addAll(step);
    if (settings.balance().separatesTasks()) {
      TaskGradients apart =
          new TaskGradients(model.trainable().values().stream().map(Parameter::tensor).toList());
      step.forEach(batch -> add(batch, apart::add));
      boolean[] shared = apart.shared();
      Rng rng = Rng.of(settings.seed(), number, 1);
      Map<String, Double> shares = balancer.shares(apart.products(shared), rng);
      apart.sum(shared, shares);
      shares.forEach((task, share) -> factors.merge(task, share, (a, b) -> a * b));
      parts.accept(StepPart.BACKWARD);
    } else {
      step.forEach(batch -> add(batch, (weighted, scope) -> Losses.sum(weighted).backward()));
    }
  }

  private interface Backward {
    /** Takes the gradients of losses that are to be added up, which live in a scope. */
    void of(Map<String, Tensor> weighted, Scope scope);
  }

  /** Adds a batch's share; a task for which the batch has no label contributes nothing. */
  private void add(Batch batch, Backward backward) {
    ids.addAll(batch.ids());
    try (Scope scope = Scope.open()) {
      Losses found = batchLoss.of(batch);
      if (!found.isEmpty()) {
        factors.putAll(balancer.factors(() -> fixed(found.values())));
        Map<String, Tensor> weighted = found.weighted(factors, 1.0 / settings.accumulation());
        parts.accept(StepPart.FORWARD);
        backward.of(weighted, scope);
        read(found.values(), batch);
        parts.accept(StepPart.BACKWARD);
      }
    }
  }

  private void read(Map<String, Double> values, Batch batch) {
    values.forEach(
        (task, value) -> {
          if (!Double.isFinite(value)) {
            throw new TrainingException(
                String.format(
                    Locale.ROOT,
                    "step %d: the loss of task '%s' is %s for the images %s. Look at their labels, or"
                        + " lower the learning rate; the last checkpoint is untouched",
                    number + 1,
                    task,
                    value,
                    batch.ids()));
          }
        });
    losses.add(values);
    for (double value : fixed(values).values()) {
      total += value / settings.accumulation();
    }
  }

  /** Limits the norm of the gradient; returns the norm before. */
  double clip(AdamW optimizer) {
    double limit = settings.clipNorm();
    double norm = limit > 0 ? optimizer.clipGradNorm(limit) : optimizer.gradNorm();
    if (!Double.isFinite(norm)) {
      throw new TrainingException(
          String.format(
              Locale.ROOT,
              "step %d: the gradient of %s is not finite for the images %s (losses %s). Lower the"
                  + " learning rate; the last checkpoint is untouched",
              number + 1,
              optimizer.nonFiniteGrad().orElse("all parameters together"),
              ids,
              losses()));
    }
    return norm;
  }

  /** What a balancer learns from, after the update. */
  Balancer.Made made(boolean endsEpoch) {
    return new Balancer.Made(fixed(losses()), () -> fixed(again()), endsEpoch);
  }

  /** Losses times the fixed weights. */
  private Map<String, Double> fixed(Map<String, Double> values) {
    Map<String, Double> weighted = new LinkedHashMap<>();
    for (Task task : model.tasks()) {
      Double value = values.get(task.name());
      if (value != null) {
        weighted.put(task.name(), task.weight() * value);
      }
    }
    return weighted;
  }

  /** The losses as they are now, with the dropout of the first time; buffers stay as they are. */
  private Map<String, Double> again() {
    MeanLosses now = new MeanLosses();
    try (Scope scope = Scope.inference()) {
      Map<Tensor, Tensor> buffers = new LinkedHashMap<>();
      model.buffers().values().forEach(buffer -> buffers.put(buffer, buffer.copy()));
      Engine.seed(Rng.of(settings.seed(), number).nextLong());
      for (Batch batch : batches) {
        try (Scope one = Scope.inference()) {
          Losses found = batchLoss.of(batch);
          now.add(found.isEmpty() ? Map.of() : found.values());
        }
      }
      buffers.forEach(Tensor::assignInPlace);
    }
    return now.means();
  }

  List<String> ids() {
    return ids;
  }

  double loss() {
    return total;
  }

  /** Unweighted, by task: the mean over the batches that have the label. */
  Map<String, Double> losses() {
    return losses.means();
  }

  /** Besides the fixed weights, by task, in what tasks share; those of the last batch. */
  Map<String, Double> factors() {
    return factors;
  }
}
