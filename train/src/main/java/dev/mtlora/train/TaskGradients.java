package dev.mtlora.train;

import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.train.balance.GradientProducts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The gradients of a step task by task, and their sum with a factor for each where they meet.
 *
 * <p>A parameter is shared if the gradients of more than one task reach it, with other values than
 * zero: tasks that run stacked hand zeros to each other's parameters.
 */
final class TaskGradients {
  private final List<Tensor> parameters;
  private final Map<String, List<Optional<Tensor>>> sums = new LinkedHashMap<>();

  TaskGradients(List<Tensor> parameters) {
    this.parameters = List.copyOf(parameters);
  }

  /**
   * Adds the gradients of a batch's losses; they outlive the scope that is open, {@code batch}.
   *
   * @param losses by task, each with its factors
   */
  void add(Map<String, Tensor> losses, Scope batch) {
    int left = losses.size();
    for (Map.Entry<String, Tensor> loss : losses.entrySet()) {
      left--;
      List<Optional<Tensor>> found = loss.getValue().gradients(parameters, left > 0);
      List<Optional<Tensor>> before = sums.get(loss.getKey());
      List<Optional<Tensor>> sum = new ArrayList<>();
      for (int i = 0; i < found.size(); i++) {
        Optional<Tensor> old = before == null ? Optional.empty() : before.get(i);
        sum.add(plus(old, found.get(i)).map(batch::keep));
      }
      sums.put(loss.getKey(), sum);
    }
  }

  private static Optional<Tensor> plus(Optional<Tensor> a, Optional<Tensor> b) {
    return a.isPresent() && b.isPresent() ? Optional.of(a.get().plus(b.get())) : a.or(() -> b);
  }

  /** What tasks share, by position of the parameter. */
  boolean[] shared() {
    int[] reached = new int[parameters.size()];
    try (Scope scope = Scope.inference()) {
      for (List<Optional<Tensor>> gradients : sums.values()) {
        double[] squares = squares(gradients);
        for (int i = 0; i < squares.length; i++) {
          reached[i] += squares[i] == 0 ? 0 : 1;
        }
      }
    }
    boolean[] shared = new boolean[reached.length];
    for (int i = 0; i < shared.length; i++) {
      shared[i] = reached[i] > 1;
    }
    return shared;
  }

  private double[] squares(List<Optional<Tensor>> gradients) {
    Tensor none = Tensor.zeros().to(parameters.get(0).device());
    List<Tensor> squares = new ArrayList<>();
    gradients.forEach(g -> squares.add(g.map(x -> x.square().sum()).orElse(none)));
    return Tensor.stack(squares, 0).toDoubles();
  }

  /** The inner products over what is shared. */
  GradientProducts products(boolean[] shared) {
    try (Scope scope = Scope.inference()) {
      List<Tensor> rows = new ArrayList<>();
      sums.values().forEach(gradients -> rows.add(flat(gradients, shared)));
      int tasks = rows.size();
      double[][] values = new double[tasks][tasks];
      if (tasks > 0) {
        Tensor matrix = Tensor.stack(rows, 0); // tasks, shared values
        double[] products = matrix.matmul(matrix.transpose(0, 1)).toDoubles();
        for (int i = 0; i < products.length; i++) {
          values[i / tasks][i % tasks] = products[i];
        }
      }
      return new GradientProducts(List.copyOf(sums.keySet()), values);
    }
  }

  private Tensor flat(List<Optional<Tensor>> gradients, boolean[] shared) {
    List<Tensor> parts = new ArrayList<>();
    parts.add(Tensor.zeros(1).to(parameters.get(0).device())); // at least one value
    for (int i = 0; i < shared.length; i++) {
      if (shared[i]) {
        Tensor parameter = parameters.get(i);
        parts.add(gradients.get(i).orElseGet(() -> parameter.times(0.0)).reshape(-1));
      }
    }
    return Tensor.cat(parts, 0);
  }

  /** Leaves the sums as the gradients of the parameters; parameters that none reaches have none. */
  void sum(boolean[] shared, Map<String, Double> shares) {
    for (int i = 0; i < shared.length; i++) {
      Optional<Tensor> sum = Optional.empty();
      for (Map.Entry<String, List<Optional<Tensor>>> task : sums.entrySet()) {
        double share = shared[i] ? shares.getOrDefault(task.getKey(), 1.0) : 1;
        sum = plus(sum, task.getValue().get(i).map(g -> share == 1 ? g : g.times(share)));
      }
      sum.ifPresent(parameters.get(i)::grad);
    }
  }
}
