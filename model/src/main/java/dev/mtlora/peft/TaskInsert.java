package dev.mtlora.peft;

import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Tensor;
import java.util.List;

/** An insert that is each task's own, so that tasks go apart: {@code y_t = x_t + A_t(x_t)}. */
abstract class TaskInsert extends Insert {
  /**
   * {@code A_t(x_t)} of some tasks.
   *
   * @param x {@code [F, B * N, C]}
   * @return of the same shape
   */
  abstract Tensor update(Tensor x, List<String> tasks);

  @Override
  public final Streams forward(Streams x) {
    return x.apart()
        .map(
            stack -> {
              Tensor byTask = stack.view(x.tasks().size(), -1, stack.size(-1)); // F, B * N, C
              return stack.plus(update(byTask, x.tasks()).view(stack.shape()));
            });
  }
}
