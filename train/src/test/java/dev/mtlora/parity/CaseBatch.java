package dev.mtlora.parity;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.MultiTaskLoss;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The stored batch of a case, made in the open scope.
 *
 * @param images {@code [B, 3, H, W]}
 * @param targets by task name; none where the case stores none
 */
record CaseBatch(Tensor images, Map<String, Tensor> targets) {
  static CaseBatch of(GoldenFile io, List<String> tasks) {
    Map<String, Tensor> targets = new LinkedHashMap<>();
    if (tasks.stream().allMatch(task -> io.names().contains("target." + task))) {
      tasks.forEach(task -> targets.put(task, io.tensor("target." + task)));
    }
    return new CaseBatch(io.tensor("image"), targets);
  }

  boolean hasTargets() {
    return !targets.isEmpty();
  }

  MultiTaskLoss.Losses losses(MultiTaskModel model, Map<String, Tensor> logits) {
    return new MultiTaskLoss(model.tasks()).of(logits, targets);
  }
}
