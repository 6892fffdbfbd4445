package dev.mtlora.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.run.Assembly;
import dev.mtlora.tensor.Precision;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.train.Step;
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
  private final CaseTraining training;
  private final Closeness exact;
  private final Closeness single;
  private final Closeness singleByExact;

  TrainingCheck(ModelCase one, CaseConfig config, GoldenFile io) {
    this.one = one;
    this.config = config;
    training = new CaseTraining(config, io);
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
    MultiTaskModel inF64 = Assembly.of(config.read(steps)).untrainedModel();
    one.load(inF64);
    Precision.toF64(inF64.state());
    compareInF32(inF32, inF64.state(), 1);
    training.run(
        inF64,
        steps,
        (state, step) -> {
          compareInF64(step);
          if (step.step() < steps) {
            compareInF32(inF32, inF64.state(), step.step() + 1);
          }
        });
    return List.of(
        String.format(
            Locale.ROOT,
            "%d steps (f64 to %.0e, f32 from its weights to %.0e of f64, %.0e of f32)",
            steps,
            exact.largest(),
            singleByExact.largest(),
            single.largest()));
  }

  /** The losses of a step that starts from the exact weights. */
  private void compareInF32(MultiTaskModel inF32, Map<String, Tensor> weights, long number) {
    try (Scope scope = Scope.inference()) {
      inF32.state().forEach((name, tensor) -> tensor.assignInPlace(weights.get(name)));
    }
    String name = "train_loss in f32, step " + number;
    training.run(
        inF32,
        1,
        (state, step) -> {
          single.losses(name, stored("train_loss_per_step", number), step.losses(), step.loss());
          singleByExact.losses(
              name + " by f64", inF64("train_loss_per_step", number), step.losses(), step.loss());
        });
  }

  private void compareInF64(Step step) {
    String name = "f64, step " + step.step();
    JsonNode losses = inF64("train_loss_per_step", step.step());
    exact.losses("train_loss in " + name, losses, step.losses(), step.loss());
    JsonNode norm = inF64("grad_norm_per_step", step.step());
    if (!norm.isMissingNode()) {
      exact.number("gradient norm in " + name, step.gradNorm(), norm.asDouble());
    }
  }

  private JsonNode stored(String name, long step) {
    return one.root().path(name).path((int) step - 1);
  }

  private JsonNode inF64(String name, long step) {
    return one.root().path("float64").path(name).path((int) step - 1);
  }
}
