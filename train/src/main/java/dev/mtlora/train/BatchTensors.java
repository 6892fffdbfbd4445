package dev.mtlora.train;

import dev.mtlora.data.Batch;
import dev.mtlora.image.Block;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A batch on the device of the model, its images in the type of the weights.
 *
 * @param images {@code [B, 3, H, W]}
 * @param targets {@code [B, C, H, W]}, of the wanted tasks for which the batch has any label
 */
record BatchTensors(Tensor images, Map<String, Tensor> targets) {
  static BatchTensors of(Batch batch, List<String> tasks, MultiTaskModel model, Device device) {
    return of(batch, tasks, model.dtype(), device);
  }

  static BatchTensors of(Batch batch, List<String> tasks, DType dtype, Device device) {
    Map<String, Tensor> targets = new LinkedHashMap<>();
    for (String task : tasks) {
      Block label = batch.labels().get(task);
      if (label != null) {
        targets.put(task, tensor(label, device));
      }
    }
    return new BatchTensors(tensor(batch.images(), device).to(dtype), targets);
  }

  static Tensor tensor(Block block, Device device) {
    return Tensor.of(block.values(), block.count(), block.channels(), block.height(), block.width())
        .to(device);
  }

  List<String> tasks() {
    return List.copyOf(targets.keySet());
  }
}
