package dev.mtlora.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019), as PyTorch computes it.
 *
 * <p>A parameter without a gradient is left alone: no update, no decay, no step counted. Moments
 * are made with the optimiser and live in the scope that is open then.
 */
public final class AdamW {
  private final Settings settings;
  private final Map<String, Slot> slots = new LinkedHashMap<>();

  /**
   * What does not change during training.
   *
   * @param beta1 decay of the first moment, 0.9 in the paper's recipe
   * @param beta2 decay of the second moment, 0.999
   * @param eps added to the root of the second moment, 1e-8
   * @param weightDecay share of a weight removed per unit of rate, 0.05
   */
  public record Settings(double beta1, double beta2, double eps, double weightDecay) {
    /** Checks the ranges. */
    public Settings {
      if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && eps > 0 && weightDecay >= 0)) {
        throw new IllegalArgumentException(
            "AdamW needs betas in [0, 1), eps > 0 and weightDecay >= 0 but got %s, %s, %s, %s"
                .formatted(beta1, beta2, eps, weightDecay));
      }
    }
  }

  private static final class Slot {
    final Tensor parameter;
    final boolean decays;
    final Tensor mean;
    final Tensor square;
    long steps;

    Slot(Tensor parameter, boolean decays) {
      this.parameter = parameter;
      this.decays = decays;
      try (Scope scope = Scope.inference()) {
        this.mean = scope.keep(parameter.times(0.0));
        this.square = scope.keep(parameter.times(0.0));
      }
    }
  }

  /**
   * An optimiser of the given parameters.
   *
   * @param parameters by name, in order
   * @param decays which of them are decayed
   */
  public AdamW(Map<String, Tensor> parameters, Predicate<String> decays, Settings settings) {
    this.settings = settings;
    parameters.forEach((name, p) -> slots.put(name, new Slot(p, decays.test(name))));
  }

  /** Updates every parameter that has a gradient, with the given learning rate. */
  public void step(double rate) {
    try (Scope scope = Scope.inference()) {
      for (Slot slot : slots.values()) {
        slot.parameter.grad().ifPresent(grad -> update(slot, grad, rate));
      }
    }
  }

  private void update(Slot slot, Tensor grad, double rate) {
    slot.steps++;
    if (slot.decays) {
      slot.parameter.timesInPlace(1 - rate * settings.weightDecay());
    }
    slot.mean.lerpInPlace(grad, 1 - settings.beta1());
    slot.square.timesInPlace(settings.beta2());
    slot.square.plusProductInPlace(grad, grad, 1 - settings.beta2());
    double correction1 = 1 - Math.pow(settings.beta1(), slot.steps);
    double correction2 = 1 - Math.pow(settings.beta2(), slot.steps);
    Tensor root = slot.square.sqrt().timesInPlace(1 / Math.sqrt(correction2));
    slot.parameter.plusQuotientInPlace(
        slot.mean, root.plusInPlace(settings.eps()), -rate / correction1);
  }

  /** Forgets all gradients. */
  public void clearGrads() {
    slots.values().forEach(slot -> slot.parameter.clearGrad());
  }

  /** Euclidean length of all gradients together, in double. */
  public double gradNorm() {
    try (Scope scope = Scope.inference()) {
      Tensor[] total = new Tensor[1];
      for (Slot slot : slots.values()) {
        slot.parameter
            .grad()
            .map(grad -> grad.square().sum().to(DType.F64))
            .ifPresent(sum -> total[0] = total[0] == null ? sum : total[0].plus(sum));
      }
      return total[0] == null ? 0 : Math.sqrt(total[0].item());
    }
  }

  /**
   * Scales all gradients so that their norm is at most {@code maxNorm}: factor {@code min(1,
   * maxNorm / (norm + 1e-6))}.
   *
   * @return the norm before
   */
  public double clipGradNorm(double maxNorm) {
    double norm = gradNorm();
    double factor = maxNorm / (norm + 1e-6);
    if (factor < 1) {
      for (Slot slot : slots.values()) {
        slot.parameter.grad().ifPresent(grad -> grad.timesInPlace(factor));
      }
    }
    return norm;
  }

  /** Name of the first parameter whose gradient is not finite; empty if all are. */
  public Optional<String> nonFiniteGrad() {
    try (Scope scope = Scope.inference()) {
      return slots.entrySet().stream()
          .filter(e -> e.getValue().parameter.grad().map(AdamW::isNotFinite).orElse(false))
          .map(Map.Entry::getKey)
          .findFirst();
    }
  }

  private static boolean isNotFinite(Tensor grad) {
    return grad.isFinite().not().to(DType.F32).sum().item() > 0;
  }

  /** Keeps only some slices of a tensor, and the same ones of its moments if it has any. */
  public void keep(Tensor tensor, int dimension, long... positions) {
    tensor.keepInPlace(dimension, positions);
    for (Slot slot : slots.values()) {
      if (slot.parameter == tensor) {
        slot.mean.keepInPlace(dimension, positions);
        slot.square.keepInPlace(dimension, positions);
      }
    }
  }

  /** Starts the moments of parameters anew whose shapes have changed. */
  public void followShapes() {
    for (Slot slot : slots.values()) {
      if (!Arrays.equals(slot.mean.shape(), slot.parameter.shape())) {
        slot.mean.zeroInPlace(slot.parameter.shape());
        slot.square.zeroInPlace(slot.parameter.shape());
      }
    }
  }

  /** The moments, by {@code exp_avg.NAME} and {@code exp_avg_sq.NAME}; live, not copies. */
  public Map<String, Tensor> moments() {
    Map<String, Tensor> moments = new LinkedHashMap<>();
    slots.forEach(
        (name, slot) -> {
          moments.put("exp_avg." + name, slot.mean);
          moments.put("exp_avg_sq." + name, slot.square);
        });
    return moments;
  }

  /** Updates made so far, by parameter name. */
  public Map<String, Long> steps() {
    Map<String, Long> steps = new LinkedHashMap<>();
    slots.forEach((name, slot) -> steps.put(name, slot.steps));
    return steps;
  }

  /**
   * Restores the counts of {@link #steps()}; the moments are restored by assigning to them.
   *
   * @throws IllegalArgumentException if a parameter is missing or unknown
   */
  public void restoreSteps(Map<String, Long> steps) {
    if (!steps.keySet().equals(slots.keySet())) {
      throw new IllegalArgumentException(
          "the saved optimiser has other parameters than this model: %d against %d"
              .formatted(steps.size(), slots.size()));
    }
    slots.forEach((name, slot) -> slot.steps = Objects.requireNonNull(steps.get(name)));
  }
}
