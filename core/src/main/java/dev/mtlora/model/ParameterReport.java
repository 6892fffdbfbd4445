package dev.mtlora.model;

import dev.mtlora.peft.AddedNames;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many numbers a model has, and who owns them.
 *
 * @param total all parameters, frozen ones included; buffers are not counted
 * @param trainable parameters with a gradient
 * @param loraShared trainable parameters of adapters that all tasks share
 * @param loraTasks trainable parameters of the adapters of each task
 * @param decoders trainable parameters of necks and decoders
 * @param other trainable parameters of the backbone that belong to no adapter
 */
public record ParameterReport(
    long total,
    long trainable,
    long loraShared,
    Map<String, Long> loraTasks,
    long decoders,
    long other) {

  /** Counts a model. */
  public static ParameterReport of(MultiTaskModel model) {
    Map<String, Long> tasks = new LinkedHashMap<>();
    model.taskNames().forEach(task -> tasks.put(task, 0L));
    long[] counts = new long[4]; // shared, decoders, other, total
    model.parameters().forEach((name, parameter) -> count(name, parameter, counts, tasks));
    long perTask = tasks.values().stream().mapToLong(Long::longValue).sum();
    return new ParameterReport(
        counts[3],
        counts[0] + counts[1] + counts[2] + perTask,
        counts[0],
        tasks,
        counts[1],
        counts[2]);
  }

  private static void count(String name, Tensor parameter, long[] counts, Map<String, Long> tasks) {
    long size = parameter.count();
    counts[3] += size;
    if (!parameter.requiresGrad()) {
      return;
    }
    if (!name.startsWith("backbone.")) {
      counts[1] += size;
    } else if (AddedNames.isAdded(name)) {
      Optional<String> task = AddedNames.task(name, List.copyOf(tasks.keySet()));
      task.ifPresentOrElse(t -> tasks.merge(t, size, Long::sum), () -> counts[0] += size);
    } else {
      counts[2] += size;
    }
  }

  /** All parameters of adapters. */
  public long lora() {
    return loraShared + loraTasks.values().stream().mapToLong(Long::longValue).sum();
  }
}
