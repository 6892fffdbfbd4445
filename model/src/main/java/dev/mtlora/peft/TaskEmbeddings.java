package dev.mtlora.peft;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** A learned vector for every task, standard normal at first; {@code TASK [t]}. */
final class TaskEmbeddings extends Module {
  private final Map<String, Tensor> embeddings = new LinkedHashMap<>();

  TaskEmbeddings(List<String> tasks, long size, Rng rng) {
    tasks.forEach(
        task -> embeddings.put(task, weight(task, Tensor.randn(rng, size), Owner.added(task))));
  }

  /** {@code [F, t]} of some tasks. */
  Tensor of(List<String> tasks) {
    return Tensor.stack(tasks.stream().map(this::of).toList(), 0);
  }

  private Tensor of(String task) {
    return Objects.requireNonNull(
        embeddings.get(task),
        () ->
            String.format(
                Locale.ROOT,
                "the task %s has no embedding here; there are %s",
                task,
                embeddings.keySet()));
  }
}
