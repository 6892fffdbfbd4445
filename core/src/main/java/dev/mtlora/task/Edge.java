package dev.mtlora.task;

import dev.mtlora.loss.BinaryCrossEntropy;
import dev.mtlora.loss.Labels;
import dev.mtlora.metric.EdgeMeter;
import dev.mtlora.metric.Meter;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;

/**
 * Edges: the probability that a pixel lies on a boundary.
 *
 * @param weight factor of the loss, at least 0
 * @param reference true: the loss takes ignored pixels for positive, as the reference
 *     implementation does; false: it leaves them out
 */
public record Edge(double weight, boolean reference) implements Task {
  /** Weight in the paper's recipe. */
  public static final double WEIGHT = 50;

  /** Edges are few: their share of the loss per pixel; the others weigh the rest. */
  private static final double POSITIVE_WEIGHT = 0.95;

  /** Checks the weight. */
  public Edge {
    Checks.weight("edge", weight);
  }

  /** With the paper's weight, leaving ignored pixels out. */
  public Edge() {
    this(WEIGHT, false);
  }

  @Override
  public String name() {
    return "edge";
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public int targetChannels() {
    return 1;
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return BinaryCrossEntropy.weighted(
        logits, reference ? Labels.ignoredAsPositive(target) : target, POSITIVE_WEIGHT);
  }

  @Override
  public Meter meter() {
    return new EdgeMeter(POSITIVE_WEIGHT);
  }

  /** The probability, 0..1. */
  @Override
  public Tensor predict(Tensor logits) {
    return logits.to(DType.F32).sigmoid();
  }

  @Override
  public int[] show(float[] prediction, int height, int width) {
    Checks.picture(name(), prediction, 1, height, width);
    return Colours.map(prediction, Colours::grey);
  }
}
