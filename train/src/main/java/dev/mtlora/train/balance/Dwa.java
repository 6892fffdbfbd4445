package dev.mtlora.train.balance;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Dynamic weight average (Liu, Johns and Davison, arXiv 1803.10704, equation 7).
 *
 * <p>The factor of task k in an epoch is {@code K softmax(r / T)_k}, where {@code r_k} is its mean
 * loss of the last epoch over that of the epoch before: tasks that stopped getting better count
 * more. In the first two epochs, and for a task without a loss in one of the two, r is 1. Costs
 * nothing.
 *
 * @param temperature T; the larger, the more equal the factors; 2 in the paper
 */
public record Dwa(double temperature) implements Balance {
  /** Checks the range. */
  public Dwa {
    Positive.check(temperature, "temperature");
  }

  @Override
  public Balancer start(List<String> tasks) {
    return new Running(tasks, temperature);
  }

  private static final class Running extends Balancer {
    private static final int BEFORE_LAST = 0; // means of epochs; 0 before there is one
    private static final int LAST = 1;
    private static final int SUM = 2; // of this epoch's steps
    private static final int COUNT = 3;

    private final double temperature;
    private final Tensor numbers; // 4, K

    Running(List<String> tasks, double temperature) {
      super(tasks);
      this.temperature = temperature;
      this.numbers = Tensor.zeros(DType.F64, 4, tasks.size());
    }

    private double[][] rows() {
      int k = tasks().size();
      double[] flat = numbers.toDoubles();
      double[][] rows = new double[4][];
      Arrays.setAll(rows, row -> Arrays.copyOfRange(flat, row * k, (row + 1) * k));
      return rows;
    }

    @Override
    public Map<String, Double> factors(Supplier<Map<String, Double>> losses) {
      double[][] rows = rows();
      double[] ratios = new double[tasks().size()];
      for (int i = 0; i < ratios.length; i++) {
        boolean known = rows[BEFORE_LAST][i] > 0 && rows[LAST][i] > 0;
        ratios[i] = known ? rows[LAST][i] / rows[BEFORE_LAST][i] : 1;
      }
      double largest = Arrays.stream(ratios).max().orElseThrow(); // at which nothing overflows
      double[] exponentials =
          Arrays.stream(ratios).map(r -> Math.exp((r - largest) / temperature)).toArray();
      double mean = Arrays.stream(exponentials).average().orElseThrow();
      Map<String, Double> factors = new LinkedHashMap<>();
      for (int i = 0; i < exponentials.length; i++) {
        factors.put(tasks().get(i), exponentials[i] / mean);
      }
      return factors;
    }

    @Override
    public void learn(Made step) {
      double[][] rows = rows();
      for (int i = 0; i < tasks().size(); i++) {
        Double loss = step.losses().get(tasks().get(i));
        if (loss != null) {
          rows[SUM][i] += loss;
          rows[COUNT][i]++;
        }
        if (step.endsEpoch()) {
          rows[BEFORE_LAST][i] = rows[LAST][i];
          rows[LAST][i] = rows[COUNT][i] == 0 ? 0 : rows[SUM][i] / rows[COUNT][i];
          rows[SUM][i] = 0;
          rows[COUNT][i] = 0;
        }
      }
      try (Scope scope = Scope.inference()) {
        double[] flat = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
        numbers.assignInPlace(Tensor.of(flat, 4, tasks().size()));
      }
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of("balance.losses", numbers);
    }
  }
}
