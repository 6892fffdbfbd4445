package dev.mtlora.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.MultiTaskLoss;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Precision;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All steps of a case's training.
 *
 * <p>A training in f32 has no numbers of its own beyond the first step: AdamW turns the rounding of
 * a gradient near zero into a share of the rate, and a ReLU that it tips over turns that into
 * another gradient (docs/numerics.md follows one). How far two orders of summation come apart is
 * chance, and no tolerance bounds it. So the steps are made in f64, whose roundings are 2^-29 of
 * those of f32; there, what a case tolerates times 2^-29 must hold for losses and gradient norms.
 * In f32, each step's losses are computed from the weights of that training: what rounds is one
 * forward pass, as in the first step.
 */
final class TrainingCheck {
  private static final double F64_BY_F32 = 0x1p-29;

  private final ModelCase one;
  private final CaseConfig config;
  private final GoldenFile io;
  private final Closeness exact;
  private final Closeness single;
  private final Closeness singleByExact;

  TrainingCheck(ModelCase one, CaseConfig config, GoldenFile io) {
    this.one = one;
    this.config = config;
    this.io = io;
    exact = new Closeness(one.tolerance("loss_rel_last") * F64_BY_F32);
    single = new Closeness(one.tolerance("loss_rel_last"));
    singleByExact = new Closeness(one.tolerance("loss_rel_step1"));
  }

  /**
   * Compares every step; returns what was compared.
   *
   * @param inF32 the case's model, whose weights are overwritten
   */
  List<String> compare(MultiTaskModel inF32) {
    int steps = one.root().path("train_loss_per_step").size();
    if (steps < 2) {
      return List.of();
    }
    MultiTaskModel inF64 = config.build().model();
    one.load(inF64);
    Precision.toF64(inF64.state());
    AdamW adam = one.optimizer(inF64.trainable());
    inF32.train(true);
    inF64.train(true);
    for (int step = 0; step < steps; step++) {
      try (Scope scope = Scope.open()) {
        compareInF32(inF32, inF64, step);
        step(inF64, adam, step);
      }
    }
    return List.of(
        String.format(
            Locale.ROOT,
            "%d steps (f64 to %.0e, f32 from its weights to %.0e of f64, %.0e of f32)",
            steps,
            exact.largest(),
            singleByExact.largest(),
            single.largest()));
  }

  private void compareInF32(MultiTaskModel inF32, MultiTaskModel inF64, int step) {
    Map<String, Tensor> weights = inF64.state();
    inF32.state().forEach((name, tensor) -> tensor.assignInPlace(weights.get(name)));
    try (Scope scope = Scope.inference()) {
      MultiTaskLoss.Losses losses = CaseBatch.of(io, config.tasks(), DType.F32).losses(inF32);
      String name = "train_loss in f32, step " + (step + 1);
      single.losses(name, one.root().path("train_loss_per_step").path(step), losses);
      singleByExact.losses(name + " by f64", inF64("train_loss_per_step").path(step), losses);
    }
  }

  private void step(MultiTaskModel inF64, AdamW adam, int step) {
    MultiTaskLoss.Losses losses = CaseBatch.of(io, config.tasks(), DType.F64).losses(inF64);
    String name = "f64, step " + (step + 1);
    exact.losses("train_loss in " + name, inF64("train_loss_per_step").path(step), losses);
    losses.total().backward();
    double norm = adam.clipGradNorm(one.maxNorm());
    if (inF64("grad_norm_per_step").has(step)) {
      exact.number(
          "gradient norm in " + name, norm, inF64("grad_norm_per_step").get(step).asDouble());
    }
    adam.step(one.rate());
    adam.clearGrads();
  }

  private JsonNode inF64(String name) {
    return one.root().path("float64").path(name);
  }
}
