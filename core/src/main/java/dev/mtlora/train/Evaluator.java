package dev.mtlora.train;

import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.metric.Meter;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores a model on a set.
 *
 * @param device where the model is
 * @param bf16 true for bf16 arithmetic
 */
public record Evaluator(Device device, boolean bf16) {
  /** Scores all tasks over the loader's first epoch; leaves the model in evaluation mode. */
  public Scores evaluate(MultiTaskModel model, DataLoader loader) {
    Map<String, Meter> meters = new LinkedHashMap<>();
    for (Task task : model.tasks()) {
      meters.put(task.name(), task.meter());
    }
    model.train(false);
    try (Batches batches = loader.open(0, 0)) {
      while (batches.hasNext()) {
        try (Scope scope = Scope.inference()) {
          add(BatchTensors.of(batches.next(), model.taskNames(), device), model, meters);
        }
      }
    }
    Map<String, Scores.TaskScores> scores = new LinkedHashMap<>();
    meters.forEach((task, meter) -> scores.put(task, Scores.TaskScores.of(meter)));
    return new Scores(scores);
  }

  private void add(BatchTensors batch, MultiTaskModel model, Map<String, Meter> meters) {
    List<String> tasks = batch.tasks();
    Map<String, Tensor> logits;
    try (Autocast cast = Autocast.bf16(device, bf16)) {
      logits = model.forward(batch.images(), tasks);
    }
    batch.targets().forEach((task, target) -> meters.get(task).add(logits.get(task), target));
  }
}
