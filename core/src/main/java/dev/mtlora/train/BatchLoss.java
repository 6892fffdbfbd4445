package dev.mtlora.train;

import dev.mtlora.data.Batch;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.MultiTaskLoss;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Forward pass and losses of a batch. */
record BatchLoss(MultiTaskModel model, TrainSettings settings) {

  /** The unweighted loss of every task for which the batch has any label, shape []. */
  Map<Task, Tensor> of(Batch batch) {
    BatchTensors tensors = BatchTensors.of(batch, model.taskNames(), model, settings.device());
    List<Task> tasks =
        model.tasks().stream().filter(t -> tensors.targets().containsKey(t.name())).toList();
    if (tasks.isEmpty()) {
      return Map.of();
    }
    Map<String, Tensor> losses =
        new MultiTaskLoss(tasks).of(forward(tensors), tensors.targets()).perTask();
    Map<Task, Tensor> found = new LinkedHashMap<>();
    for (Task task : tasks) {
      found.put(task, losses.get(task.name()));
    }
    return found;
  }

  private Map<String, Tensor> forward(BatchTensors batch) {
    try (Autocast cast = Autocast.bf16(settings.device(), settings.bf16())) {
      return model.forward(batch.images(), batch.tasks());
    }
  }

  /** All losses in one go. */
  static Map<String, Double> values(Map<Task, Tensor> losses) {
    double[] read = Tensor.stack(List.copyOf(losses.values()), 0).toDoubles();
    Map<String, Double> values = new LinkedHashMap<>();
    int i = 0;
    for (Task task : losses.keySet()) {
      values.put(task.name(), read[i++]);
    }
    return values;
  }
}
