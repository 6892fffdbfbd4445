package dev.mtlora.train;

import dev.mtlora.data.Batch;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.MultiTaskLoss;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Forward pass and losses of a batch. */
record BatchLoss(MultiTaskModel model, TrainSettings settings) {

  /** The loss of every task for which the batch has any label. */
  MultiTaskLoss.Losses of(Batch batch) {
    BatchTensors tensors = BatchTensors.of(batch, model.taskNames(), model, settings.device());
    List<Task> tasks =
        model.tasks().stream().filter(t -> tensors.targets().containsKey(t.name())).toList();
    return tasks.isEmpty()
        ? new MultiTaskLoss.Losses(Map.of())
        : new MultiTaskLoss(tasks).of(forward(tensors), tensors.targets());
  }

  private Map<String, Tensor> forward(BatchTensors batch) {
    try (Autocast cast = Autocast.bf16(settings.device(), settings.bf16())) {
      return model.forward(batch.images(), batch.tasks());
    }
  }
}
