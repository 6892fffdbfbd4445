package dev.mtlora.train.balance;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Weights from learned uncertainty (Kendall, Gal and Cipolla, arXiv 1705.07115).
 *
 * <p>Every task has a learned log-variance s, and training minimises the sum over tasks of {@code
 * exp(-s) loss + s / 2}: their equation 10, as they train it. A task that stays hard gets a larger
 * variance and a smaller factor {@code exp(-s)}; for a steady loss it ends at {@code 1 / (2 loss)},
 * so that all tasks count the same in the end. All tasks have the form that the paper derives for
 * classification; its form for squared errors has half the first term, which moves s by a constant.
 *
 * <p>Starts at the fixed weights, and costs nothing.
 *
 * @param rate at which s is learned, by an Adam of its own
 */
public record Uncertainty(double rate) implements Balance {
  /** Checks the range. */
  public Uncertainty {
    Positive.check(rate, "rate");
  }

  @Override
  public Balancer start(List<String> tasks) {
    return new Running(tasks, rate);
  }

  private static final class Running extends LearningBalancer {
    Running(List<String> tasks, double rate) {
      super(tasks, 0, rate);
    }

    @Override
    public Map<String, Double> factors(Supplier<Map<String, Double>> losses) {
      return named(factors());
    }

    private double[] factors() {
      return Arrays.stream(numbers()).map(s -> Math.exp(-s)).toArray();
    }

    @Override
    public void learn(Made step) {
      double[] gradient = factors();
      for (int i = 0; i < gradient.length; i++) {
        Double loss = step.losses().get(tasks().get(i));
        gradient[i] = loss == null ? 0 : 0.5 - gradient[i] * loss;
      }
      descend(gradient);
    }
  }
}
