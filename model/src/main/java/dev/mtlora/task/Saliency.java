package dev.mtlora.task;

import dev.mtlora.loss.BinaryCrossEntropy;
import dev.mtlora.loss.Labels;
import dev.mtlora.metric.Meter;
import dev.mtlora.metric.SaliencyMeter;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;

/**
 * Saliency: the probability that a pixel belongs to what catches the eye.
 *
 * @param weight factor of the loss, at least 0
 * @param reference true: the loss takes ignored pixels for positive, as the reference
 *     implementation does; false: it leaves them out
 */
public record Saliency(double weight, boolean reference) implements Task {
  /** Weight in the paper's recipe. */
  public static final double WEIGHT = 5;

  /** Checks the weight. */
  public Saliency {
    TaskChecks.weight(weight);
  }

  /** With the paper's weight, leaving ignored pixels out. */
  public Saliency() {
    this(WEIGHT, false);
  }

  @Override
  public String name() {
    return "sal";
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public Label label() {
    return new Label.Mask(false);
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return BinaryCrossEntropy.balanced(
        logits, reference ? Labels.ignoredAsPositive(target) : target);
  }

  @Override
  public Meter meter() {
    return new SaliencyMeter();
  }

  /** The probability, 0..1. */
  @Override
  public Tensor predict(Tensor logits) {
    return logits.to(DType.F32).sigmoid();
  }

  @Override
  public int[] show(float[] prediction, int height, int width) {
    TaskChecks.picture(name(), prediction, 1, height, width);
    return Colours.map(prediction, Colours::grey);
  }
}
