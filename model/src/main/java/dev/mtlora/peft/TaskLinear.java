package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A linear layer for every task, run over all their streams as one batched product; {@code
 * TASK.weight [out, in]}, {@code TASK.bias [out]}.
 */
final class TaskLinear extends Module {
  private final Map<String, Linear> layers = new LinkedHashMap<>();

  TaskLinear(List<String> tasks, Supplier<Linear> layer) {
    tasks.forEach(task -> layers.put(task, child(task, layer.get(), Owner.added(task))));
  }

  /**
   * {@code W_t x_t + b_t} of some tasks.
   *
   * @param stack their streams behind each other, {@code [F * B, N, in]}
   * @return {@code [F * B, N, out]}
   */
  Tensor forward(Tensor stack, List<String> tasks) {
    List<Linear> used = tasks.stream().map(this::layer).toList();
    Tensor weight = Tensor.stack(used.stream().map(Linear::weight).toList(), 0); // F, out, in
    Tensor bias = Tensor.stack(used.stream().map(TaskLinear::bias).toList(), 0); // F, out
    Tensor x = stack.view(used.size(), -1, stack.size(-1)); // F, tokens, in
    Tensor y = bias.unsqueeze(1).expand(-1, x.size(1), -1).plusBmm(x, weight.transpose(1, 2));
    return y.view(stack.size(0), stack.size(1), -1);
  }

  private static Tensor bias(Linear layer) {
    return Objects.requireNonNull(layer.bias(), "layers of tasks are made with bias");
  }

  private Linear layer(String task) {
    Linear layer = layers.get(task);
    if (layer == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "the task %s has no adapter here; there are %s", task, layers.keySet()));
    }
    return layer;
  }
}
