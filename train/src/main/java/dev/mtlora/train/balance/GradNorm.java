package dev.mtlora.train.balance;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Gradients of equal strength (Chen et al., arXiv 1711.02257, algorithm 1).
 *
 * <p>With {@code G_i} the length of the gradient of {@code w_i loss_i} and {@code r_i} the loss
 * over that of the first step, divided by the tasks' mean of this ratio, the weights w descend
 * {@code sum |G_i - mean(G) r_i^alpha|}, the second term being held constant, and are scaled to sum
 * up to the number of tasks: all tasks pull equally, and those that train slowly pull a little
 * more. As G is proportional to w, its derivative is {@code G_i / w_i}, and no second derivative is
 * needed.
 *
 * <p>The paper measures G in the last shared layer, to save time; we measure it in all parameters
 * that tasks share, because where tasks fork is the adapter method's choice and there may be no
 * last layer. This costs a backward pass through the shared part per task instead of one: with four
 * tasks, a step of the quickstart's model (at 64 pixels) took twice the CPU time.
 *
 * @param alpha how much more slow tasks pull; 1.5 in the paper
 * @param rate at which the weights are learned, by an Adam of its own
 */
public record GradNorm(double alpha, double rate) implements Balance {
  private static final double SMALLEST = 1e-3;

  /** Checks the ranges. */
  public GradNorm {
    if (!(alpha >= 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("alpha must not be negative but is " + alpha);
    }
    Positive.check(rate, "rate");
  }

  @Override
  public Balancer start(List<String> tasks) {
    return new Running(tasks, this);
  }

  @Override
  public boolean separatesTasks() {
    return true;
  }

  private static final class Running extends LearningBalancer {
    private final GradNorm settings;
    private final Tensor first; // K; 0 before a loss has been seen
    private final Map<String, Double> lengths = new LinkedHashMap<>();

    Running(List<String> tasks, GradNorm settings) {
      super(tasks, 1, settings.rate());
      this.settings = settings;
      this.first = Tensor.zeros(DType.F64, tasks.size());
    }

    @Override
    public Map<String, Double> factors(Supplier<Map<String, Double>> losses) {
      return named(numbers());
    }

    @Override
    public Map<String, Double> shares(GradientProducts gradients, Rng rng) {
      lengths.clear();
      for (int i = 0; i < gradients.tasks().size(); i++) {
        lengths.put(gradients.tasks().get(i), Math.sqrt(gradients.values()[i][i]));
      }
      return Map.of();
    }

    @Override
    public void learn(Made step) {
      Map<String, Double> ratios = ratios(step.losses());
      ratios.keySet().retainAll(lengths.keySet());
      if (!ratios.isEmpty()) {
        descend(gradient(ratios));
        double[] weights = Arrays.stream(numbers()).map(w -> Math.max(w, SMALLEST)).toArray();
        double mean = Arrays.stream(weights).average().orElseThrow();
        set(Arrays.stream(weights).map(w -> w / mean).toArray());
      }
    }

    /** Losses over those of their first step. */
    private Map<String, Double> ratios(Map<String, Double> losses) {
      double[] firsts = first.toDoubles();
      Map<String, Double> ratios = new LinkedHashMap<>();
      for (int i = 0; i < firsts.length; i++) {
        Double loss = losses.get(tasks().get(i));
        if (loss != null) {
          firsts[i] = firsts[i] > 0 ? firsts[i] : loss;
          ratios.put(tasks().get(i), firsts[i] > 0 ? loss / firsts[i] : 1);
        }
      }
      try (Scope scope = Scope.inference()) {
        first.assignInPlace(Tensor.of(firsts, firsts.length));
      }
      return ratios;
    }

    private double[] gradient(Map<String, Double> ratios) {
      double ratio = mean(ratios);
      Map<String, Double> present = new LinkedHashMap<>(lengths);
      present.keySet().retainAll(ratios.keySet());
      double length = mean(present);
      double[] gradient = numbers();
      for (int i = 0; i < gradient.length; i++) {
        Double own = present.get(tasks().get(i));
        Double relative = ratios.get(tasks().get(i));
        if (own == null || relative == null || ratio == 0) {
          gradient[i] = 0;
        } else {
          double wanted = length * Math.pow(relative / ratio, settings.alpha());
          gradient[i] = Math.signum(own - wanted) * own / gradient[i];
        }
      }
      return gradient;
    }

    private static double mean(Map<String, Double> values) {
      return values.values().stream().mapToDouble(v -> v).average().orElse(0);
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>(super.state());
      state.put("balance.first_losses", first);
      return state;
    }
  }
}
