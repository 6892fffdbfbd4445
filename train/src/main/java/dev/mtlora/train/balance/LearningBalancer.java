package dev.mtlora.train.balance;

import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A balancer with a learned number per task. */
abstract class LearningBalancer extends Balancer {
  private final LearnedNumbers numbers;

  /** Numbers that start at one value. */
  LearningBalancer(List<String> tasks, double start, double rate) {
    super(tasks);
    this.numbers = new LearnedNumbers(tasks.size(), start, rate);
  }

  /** The numbers, in the order of the tasks. */
  final double[] numbers() {
    return numbers.values();
  }

  /** One step down a gradient; then the numbers may be put right. */
  final void descend(double[] gradient) {
    try (Scope scope = Scope.open()) {
      numbers.descend(gradient);
    }
  }

  final void set(double[] values) {
    try (Scope scope = Scope.open()) {
      numbers.set(values);
    }
  }

  /** Values by the name of their task. */
  final Map<String, Double> named(double[] values) {
    Map<String, Double> named = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      named.put(tasks().get(i), values[i]);
    }
    return named;
  }

  @Override
  public Map<String, Tensor> state() {
    return numbers.state();
  }

  @Override
  public Map<String, Long> steps() {
    return numbers.steps();
  }

  @Override
  public void restoreSteps(Map<String, Long> steps) {
    numbers.restoreSteps(steps);
  }
}
