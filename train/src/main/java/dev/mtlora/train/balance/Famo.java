package dev.mtlora.train.balance;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Fast adaptive multitask optimisation (Liu et al., arXiv 2306.03792, algorithm 1).
 *
 * <p>Training descends the sum of {@code z_i log loss_i}, scaled so that the factors of the losses,
 * {@code z_i / loss_i}, sum up to 1; {@code z = softmax(xi)}. After the update the losses of the
 * same batches are computed again, and xi descends {@code z . (log before - log after)} with a
 * decay {@code gamma xi} added to its gradient: tasks that gained the least count more, so that all
 * losses fall at the same relative speed.
 *
 * <p>No gradients are kept apart, which makes it fast; the second look at the losses costs a
 * forward pass per step, 1.4 times the CPU time with the quickstart's model at 64 pixels. It sees
 * the same dropout as the first one and leaves running means alone. The losses' lower bounds are
 * taken to be 0.
 *
 * @param gamma decay of xi
 * @param rate at which xi is learned, by an Adam of its own; 0.025 in the paper
 */
public record Famo(double gamma, double rate) implements Balance {
  private static final double TINY = 1e-8;

  /** Checks the ranges. */
  public Famo {
    if (!(gamma >= 0 && gamma < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("gamma must not be negative but is " + gamma);
    }
    Positive.check(rate, "rate");
  }

  @Override
  public Balancer start(List<String> tasks) {
    return new Running(tasks, this);
  }

  private static final class Running extends LearningBalancer {
    private final Famo settings;

    Running(List<String> tasks, Famo settings) {
      super(tasks, 0, settings.rate());
      this.settings = settings;
    }

    private double[] softmax() {
      double[] exponentials = Arrays.stream(numbers()).map(Math::exp).toArray();
      double sum = Arrays.stream(exponentials).sum();
      return Arrays.stream(exponentials).map(e -> e / sum).toArray();
    }

    @Override
    public Map<String, Double> factors(Supplier<Map<String, Double>> losses) {
      Map<String, Double> z = named(softmax());
      Map<String, Double> factors = new LinkedHashMap<>();
      losses
          .get()
          .forEach((task, loss) -> factors.put(task, z.getOrDefault(task, 0.0) / (loss + TINY)));
      double sum = factors.values().stream().mapToDouble(f -> f).sum();
      factors.replaceAll((task, factor) -> factor / sum);
      return factors;
    }

    @Override
    public void learn(Made step) {
      double[] z = softmax();
      double[] gains = gains(step.losses(), step.after().get());
      double mean = 0;
      for (int i = 0; i < z.length; i++) {
        mean += z[i] * gains[i];
      }
      double[] gradient = numbers();
      for (int i = 0; i < z.length; i++) {
        gradient[i] = z[i] * (gains[i] - mean) + settings.gamma() * gradient[i];
      }
      descend(gradient);
    }

    /** How much the logarithms of the losses fell; 0 for tasks without a loss. */
    private double[] gains(Map<String, Double> before, Map<String, Double> after) {
      return tasks().stream()
          .mapToDouble(task -> gain(before.get(task), after.get(task)))
          .toArray();
    }

    private static double gain(@Nullable Double before, @Nullable Double after) {
      return before == null || after == null ? 0 : Math.log(before + TINY) - Math.log(after + TINY);
    }
  }
}
