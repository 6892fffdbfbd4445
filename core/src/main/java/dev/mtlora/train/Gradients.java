package dev.mtlora.train;

import dev.mtlora.data.Batch;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.MultiTaskLoss;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Gathers the mean gradient of the batches of one step, and refuses what is not finite. */
final class Gradients {
  private final MultiTaskModel model;
  private final TrainSettings settings;
  private final long step;
  private final List<String> ids = new ArrayList<>();
  private final Map<String, Double> sums = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new LinkedHashMap<>();
  private double total;

  Gradients(MultiTaskModel model, TrainSettings settings, long step) {
    this.model = model;
    this.settings = settings;
    this.step = step;
  }

  /** Adds a batch's share; a task for which the batch has no label contributes nothing. */
  void add(Batch batch) {
    ids.addAll(batch.ids());
    try (Scope scope = Scope.open()) {
      BatchTensors tensors = BatchTensors.of(batch, model.taskNames(), settings.device());
      List<Task> tasks =
          model.tasks().stream().filter(t -> tensors.targets().containsKey(t.name())).toList();
      if (!tasks.isEmpty()) {
        MultiTaskLoss.Losses losses =
            new MultiTaskLoss(tasks).of(forward(tensors), tensors.targets());
        losses.total().times(1.0 / settings.accumulation()).backward();
        read(tasks, losses, batch);
      }
    }
  }

  private Map<String, Tensor> forward(BatchTensors batch) {
    try (Autocast cast = Autocast.bf16(settings.device(), settings.bf16())) {
      return model.forward(batch.images(), batch.tasks());
    }
  }

  /** Hands all losses over in one go, so that a GPU is waited for once. */
  private void read(List<Task> tasks, MultiTaskLoss.Losses losses, Batch batch) {
    double[] values = Tensor.stack(List.copyOf(losses.perTask().values()), 0).toDoubles();
    for (int i = 0; i < values.length; i++) {
      Task task = tasks.get(i);
      if (!Double.isFinite(values[i])) {
        throw new TrainingException(
            ("step %d: the loss of task '%s' is %s for the images %s. Look at their labels, or lower"
                    + " the learning rate; the last checkpoint is untouched")
                .formatted(step, task.name(), values[i], batch.ids()));
      }
      sums.merge(task.name(), values[i], Double::sum);
      counts.merge(task.name(), 1, Integer::sum);
      total += task.weight() * values[i] / settings.accumulation();
    }
  }

  /** Limits the norm of the gradient; returns the norm before. */
  double clip(AdamW optimizer) {
    double limit = settings.clipNorm();
    double norm = limit > 0 ? optimizer.clipGradNorm(limit) : optimizer.gradNorm();
    if (!Double.isFinite(norm)) {
      throw new TrainingException(
          ("step %d: the gradient of %s is not finite for the images %s (losses %s). Lower the"
                  + " learning rate; the last checkpoint is untouched")
              .formatted(
                  step,
                  optimizer.nonFiniteGrad().orElse("all parameters together"),
                  ids,
                  losses()));
    }
    return norm;
  }

  List<String> ids() {
    return ids;
  }

  double loss() {
    return total;
  }

  /** Unweighted, by task: the mean over the batches that have the label. */
  Map<String, Double> losses() {
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((task, sum) -> means.put(task, sum / Objects.requireNonNull(counts.get(task))));
    return means;
  }
}
