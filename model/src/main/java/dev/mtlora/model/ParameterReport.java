package dev.mtlora.model;

import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;

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
    long total = 0;
    long shared = 0;
    long heads = 0;
    long base = 0;
    for (Parameter parameter : model.parameters().values()) {
      long size = parameter.tensor().count();
      Owner owner = parameter.owner();
      total += size;
      if (!parameter.trains()) {
        continue;
      }
      if (owner.isHead()) {
        heads += size;
      } else if (owner.isBase()) {
        base += size;
      } else if (owner.task().isPresent()) {
        tasks.merge(owner.task().get(), size, Long::sum);
      } else {
        shared += size;
      }
    }
    long perTask = tasks.values().stream().mapToLong(Long::longValue).sum();
    return new ParameterReport(total, shared + heads + base + perTask, shared, tasks, heads, base);
  }

  /** All parameters of adapters. */
  public long lora() {
    return loraShared + loraTasks.values().stream().mapToLong(Long::longValue).sum();
  }
}
