package dev.mtlora.train.balance;

import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A number per task that is learned beside the model: an optimiser group of its own, Adam at a
 * constant rate without decay. On the CPU, in double.
 */
final class LearnedNumbers {
  private static final String NAME = "balance.numbers";

  private final Tensor numbers;
  private final AdamW optimizer;
  private final double rate;

  /** Numbers that all start at one value. */
  LearnedNumbers(int count, double start, double rate) {
    this.numbers = Tensor.zeros(DType.F64, count).plusInPlace(start).requiresGrad(true);
    this.optimizer =
        new AdamW(Map.of(NAME, numbers), name -> false, new AdamW.Settings(0.9, 0.999, 1e-8, 0));
    this.rate = rate;
  }

  double[] values() {
    return numbers.toDoubles();
  }

  void set(double[] values) {
    numbers.assignInPlace(Tensor.of(values, values.length));
  }

  /** One step down a gradient. */
  void descend(double[] gradient) {
    numbers.grad(Tensor.of(gradient, gradient.length));
    optimizer.step(rate);
    numbers.clearGrad();
  }

  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(Map.of(NAME, numbers));
    state.putAll(optimizer.moments());
    return state;
  }

  Map<String, Long> steps() {
    return optimizer.steps();
  }

  void restoreSteps(Map<String, Long> steps) {
    optimizer.restoreSteps(steps);
  }
}
