package dev.mtlora.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bytedeco.pytorch.IValue;

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
            String.format(
                Locale.ROOT,
                "AdamW needs betas in [0, 1), eps > 0 and weightDecay >= 0 but got %s, %s, %s, %s",
                beta1,
                beta2,
                eps,
                weightDecay));
      }
    }
  }

  private static final class Slot {
    final String name;
    final Tensor parameter;
    final boolean decays;
    final Tensor mean;
    final Tensor square;
    long steps;

    Slot(String name, Tensor parameter, boolean decays) {
      this.name = name;
      this.parameter = parameter;
      this.decays = decays;
      try (Scope scope = Scope.inference()) {
        this.mean = scope.keep(parameter.times(0.0));
        this.square = scope.keep(parameter.times(0.0));
      }
    }

    void requireShapes(Tensor grad) {
      for (Tensor other : List.of(grad, mean, square)) {
        if (!Arrays.equals(other.shape(), parameter.shape())) {
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "%s has the shape %s but its gradient %s and its moments %s: call followShapes after a parameter's shape has changed",
                  name,
                  Arrays.toString(parameter.shape()),
                  Arrays.toString(grad.shape()),
                  Arrays.toString(mean.shape())));
        }
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
    parameters.forEach((name, p) -> slots.put(name, new Slot(name, p, decays.test(name))));
  }

  /**
   * Updates every parameter that has a gradient, with the given learning rate, in one pass over
   * memory by libtorch's {@code _fused_adamw_}.
   *
   * @throws IllegalStateException if a gradient or a moment has another shape than its parameter
   */
  public void step(double rate) {
    try (Scope scope = Scope.inference()) {
      Map<Like, List<Due>> alike = new LinkedHashMap<>();
      for (Slot slot : slots.values()) {
        slot.parameter
            .grad()
            .ifPresent(
                grad -> {
                  slot.requireShapes(grad);
                  slot.steps++;
                  Like like = new Like(slot.decays, slot.steps, slot.parameter.device());
                  alike.computeIfAbsent(like, key -> new ArrayList<>()).add(new Due(slot, grad));
                });
      }
      alike.forEach((like, due) -> update(like, due, rate));
    }
  }

  /** What parameters of one call must share. */
  private record Like(boolean decays, long steps, Device device) {}

  /** A parameter to update, and its gradient. */
  private record Due(Slot slot, Tensor grad) {}

  /**
   * The kernel takes shapes and strides for granted: it walks the tensors as they lie in memory.
   */
  private void update(Like like, List<Due> due, double rate) {
    Tensor steps = Tensor.full(like.steps()).to(like.device());
    Aten.call(
        "_fused_adamw_",
        "",
        list(due, one -> one.slot.parameter),
        list(due, one -> one.grad.likeIn(one.slot.parameter)),
        list(due, one -> one.slot.mean),
        list(due, one -> one.slot.square),
        Aten.list(List.of()), // largest squares, of AMSGrad only
        list(due, one -> steps),
        new IValue(rate),
        new IValue(settings.beta1()),
        new IValue(settings.beta2()),
        new IValue(like.decays() ? settings.weightDecay() : 0),
        new IValue(settings.eps()),
        new IValue(false), // amsgrad
        new IValue(false), // maximize
        new IValue(), // grad_scale
        new IValue()); // found_inf
  }

  private static IValue list(List<Due> due, Function<Due, Tensor> part) {
    return Aten.list(due.stream().map(part).toList());
  }

  /** Forgets all gradients. */
  public void clearGrads() {
    slots.values().forEach(slot -> slot.parameter.clearGrad());
  }

  /** Euclidean length of all gradients together, added up in double. */
  public double gradNorm() {
    try (Scope scope = Scope.inference()) {
      List<Tensor> squares = grads().map(grad -> grad.square().sum()).toList();
      return squares.isEmpty() ? 0 : Math.sqrt(Tensor.stack(squares, 0).to(DType.F64).sum().item());
    }
  }

  private Stream<Tensor> grads() {
    return slots.values().stream().flatMap(slot -> slot.parameter.grad().stream());
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
      grads().forEach(grad -> grad.timesInPlace(factor));
    }
    return norm;
  }

  /** Name of the first parameter whose gradient is not finite; empty if all are. */
  public Optional<String> nonFiniteGrad() {
    try (Scope scope = Scope.inference()) {
      return slots.entrySet().stream()
          .filter(e -> e.getValue().parameter.grad().filter(g -> !g.isAllFinite()).isPresent())
          .map(Map.Entry::getKey)
          .findFirst();
    }
  }

  /**
   * Hears that only some slices of a parameter are left, and keeps the same ones of its moments.
   *
   * @param name of the parameter
   */
  public void kept(String name, int dimension, long... positions) {
    Slot slot = Objects.requireNonNull(slots.get(name), name);
    slot.mean.keepInPlace(dimension, positions);
    slot.square.keepInPlace(dimension, positions);
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
          String.format(
              Locale.ROOT,
              "the saved optimiser has other parameters than this model: %d against %d",
              steps.size(),
              slots.size()));
    }
    slots.forEach((name, slot) -> slot.steps = Objects.requireNonNull(steps.get(name)));
  }
}
