package dev.mtlora.task;

import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
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
   * @param perTask unweighted, in the order of the tasks
   */
  public record Losses(Map<Task, Tensor> perTask) {
    /** Keeps a copy, in order. */
    public Losses {
      perTask = Collections.unmodifiableMap(new LinkedHashMap<>(perTask));
    }

    /** True if no task has one. */
    public boolean isEmpty() {
      return perTask.isEmpty();
    }

    /**
     * What a gradient is taken of: every loss times the weight of its task, a factor of its own and
     * a share, by name.
     *
     * @param factors by task name; 1 where absent
     * @param share of all of them alike
     */
    public Map<String, Tensor> weighted(Map<String, Double> factors, double share) {
      Map<String, Tensor> weighted = new LinkedHashMap<>();
      perTask.forEach(
          (task, loss) -> {
            double factor = task.weight() * factors.getOrDefault(task.name(), 1.0);
            weighted.put(task.name(), loss.times(factor).times(share));
          });
      return weighted;
    }

    /** The sum of the losses, each times the weight of its task. */
    public Tensor total() {
      return sum(weighted(Map.of(), 1));
    }

    /** The sum of one or more {@link #weighted} losses. */
    public static Tensor sum(Map<String, Tensor> weighted) {
      return weighted.values().stream().reduce(Tensor::plus).orElseThrow();
    }

    /** All unweighted losses by name, read in one go, so that a GPU is waited for once. */
    public Map<String, Double> values() {
      double[] read = Tensor.stack(List.copyOf(perTask.values()), 0).toDoubles();
      Map<String, Double> values = new LinkedHashMap<>();
      int i = 0;
      for (Task task : perTask.keySet()) {
        values.put(task.name(), read[i++]);
      }
      return values;
    }
  }

  /**
   * Computes all losses; nothing is read back from the device.
   *
   * @param logits by task name, {@code [B, outputs, H, W]}
   * @param targets by task name, {@code [B, targetChannels, H, W]}, f32
   * @throws IllegalArgumentException if a task is missing or shapes do not fit
   */
  public Losses of(Map<String, Tensor> logits, Map<String, Tensor> targets) {
    Map<Task, Tensor> perTask = new LinkedHashMap<>();
    for (Task task : tasks) {
      Tensor out = find(task, "logits", logits);
      Tensor target = find(task, "target", targets);
      checkShapes(task, out, target);
      perTask.put(task, Scope.result(() -> task.loss(out, target)));
    }
    return new Losses(perTask);
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
