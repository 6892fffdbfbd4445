package dev.mtlora.train;

import static java.util.Objects.requireNonNull;

import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.metric.Meter;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Scores a model on a set.
 *
 * @param device where the model is
 * @param bf16 true for bf16 arithmetic
 */
public record Evaluator(Device device, boolean bf16) {
  /**
   * Scores all tasks over the loader's first epoch; leaves the model in evaluation mode. Where
   * labels have another size than the model's images, the logits are resized to it (bilinear), the
   * labels never.
   */
  public Scores evaluate(MultiTaskModel model, DataLoader loader) {
    Map<String, Meter> meters = new LinkedHashMap<>();
    for (Task task : model.tasks()) {
      meters.put(task.name(), task.meter());
    }
    model.train(false);
    try (Batches batches = loader.open(0, 0)) {
      while (batches.hasNext()) {
        try (Scope scope = Scope.inference()) {
          BatchTensors batch = BatchTensors.of(batches.next(), model.taskNames(), device);
          if (!batch.targets().isEmpty()) {
            add(batch, model, meters);
          }
        }
      }
    }
    Map<String, Scores.TaskScores> scores = new LinkedHashMap<>();
    meters.forEach((task, meter) -> scores.put(task, Scores.TaskScores.of(meter)));
    return new Scores(scores);
  }

  private void add(BatchTensors batch, MultiTaskModel model, Map<String, Meter> meters) {
    Map<String, Tensor> logits;
    try (Autocast cast = Autocast.bf16(device, bf16)) {
      logits = model.forward(batch.images(), batch.tasks());
    }
    meters.forEach(
        (task, meter) -> {
          Tensor target = batch.targets().get(task);
          if (target != null) {
            meter.add(sized(requireNonNull(logits.get(task)), target), target);
          }
        });
  }

  /** Logits at the size of the target. */
  private static Tensor sized(Tensor logits, Tensor target) {
    long height = target.size(-2);
    long width = target.size(-1);
    return logits.size(-2) == height && logits.size(-1) == width
        ? logits
        : Functional.resizeBilinear(logits.to(DType.F32), height, width);
  }
}
