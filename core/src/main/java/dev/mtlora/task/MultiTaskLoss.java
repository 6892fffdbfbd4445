package dev.mtlora.task;

import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The sum over tasks of weight times loss.
 *
 * @param tasks at least one, each name once
 */
public record MultiTaskLoss(List<Task> tasks) {
  /** Checks the names. */
  public MultiTaskLoss {
    tasks = List.copyOf(tasks);
    List<String> names = tasks.stream().map(Task::name).toList();
    if (names.isEmpty() || names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException(
          "a multi-task loss needs one or more tasks, each once, but got " + names);
    }
  }

  /**
   * The losses of one batch, each of shape [].
   *
   * @param perTask by task name, unweighted, in the order of the tasks
   * @param total the weighted sum
   */
  public record Losses(Map<String, Tensor> perTask, Tensor total) {}

  /**
   * Computes all losses; nothing is read back from the device.
   *
   * @param logits by task name, {@code [B, outputs, H, W]}
   * @param targets by task name, {@code [B, targetChannels, H, W]}, f32
   * @throws IllegalArgumentException if a task is missing or shapes do not fit
   */
  public Losses of(Map<String, Tensor> logits, Map<String, Tensor> targets) {
    Map<String, Tensor> perTask = new LinkedHashMap<>();
    List<Tensor> weighted = new ArrayList<>();
    for (Task task : tasks) {
      Tensor out = find(task, "logits", logits);
      Tensor target = find(task, "target", targets);
      checkShapes(task, out, target);
      Tensor loss = Scope.result(() -> task.loss(out, target));
      perTask.put(task.name(), loss);
      weighted.add(loss.times(task.weight()));
    }
    Tensor total = weighted.stream().reduce(Tensor::plus).orElseThrow();
    return new Losses(Collections.unmodifiableMap(perTask), total);
  }

  private static Tensor find(Task task, String what, Map<String, Tensor> tensors) {
    Tensor tensor = tensors.get(task.name());
    if (tensor == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no %s for task '%s', only for %s",
              what,
              task.name(),
              new TreeSet<>(tensors.keySet())));
    }
    return tensor;
  }

  private static void checkShapes(Task task, Tensor logits, Tensor target) {
    boolean fits =
        logits.rank() == 4
            && target.rank() == 4
            && logits.size(1) == task.outputs()
            && target.size(1) == task.targetChannels()
            && logits.size(0) == target.size(0)
            && logits.size(2) == target.size(2)
            && logits.size(3) == target.size(3);
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "task '%s' needs logits [B, %d, H, W] and a target [B, %d, H, W] but got %s and %s",
              task.name(),
              task.outputs(),
              task.targetChannels(),
              Arrays.toString(logits.shape()),
              Arrays.toString(target.shape())));
    }
  }
}
