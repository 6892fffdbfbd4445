package dev.mtlora.train.balance;

import dev.mtlora.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gradient surgery (Yu et al., arXiv 2001.06782, algorithm 1).
 *
 * <p>The gradient of every task loses its components against the gradients of the other tasks, in
 * random order: {@code g -= (g . o) / |o|^2 o} where {@code g . o < 0}, o being as it was at first.
 * What comes out is a combination of the original gradients, so their inner products are all that
 * is needed. Parameters of one task alone have no conflicts and keep its gradient.
 *
 * <p>Costs a backward pass through the shared part per task instead of one, and as many copies of
 * the gradient: with four tasks, a step of the quickstart's model (at 64 pixels) took twice the CPU
 * time. Has no state.
 */
public record PcGrad() implements Balance {
  @Override
  public Balancer start(List<String> tasks) {
    return new Running(tasks);
  }

  @Override
  public boolean separatesTasks() {
    return true;
  }

  private static final class Running extends Balancer {
    Running(List<String> tasks) {
      super(tasks);
    }

    @Override
    public Map<String, Double> shares(GradientProducts gradients, Rng rng) {
      List<String> names = gradients.tasks();
      double[] sum = new double[names.size()];
      for (int task = 0; task < sum.length; task++) {
        double[] projected = projected(task, gradients.values(), rng);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += projected[i];
        }
      }
      Map<String, Double> shares = new LinkedHashMap<>();
      for (int i = 0; i < sum.length; i++) {
        shares.put(names.get(i), sum[i]);
      }
      return shares;
    }

    /** A task's gradient without conflicts, as factors of the original gradients. */
    private static double[] projected(int task, double[][] products, Rng rng) {
      double[] factors = new double[products.length];
      factors[task] = 1;
      for (int other : rng.permutation(products.length)) {
        double agreement = 0;
        for (int i = 0; i < factors.length; i++) {
          agreement += factors[i] * products[i][other];
        }
        if (other != task && agreement < 0) {
          factors[other] -= agreement / products[other][other];
        }
      }
      return factors;
    }
  }
}
