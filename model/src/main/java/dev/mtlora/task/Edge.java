package dev.mtlora.task;

import dev.mtlora.loss.BinaryCrossEntropy;
import dev.mtlora.loss.Labels;
import dev.mtlora.metric.EdgeMeter;
import dev.mtlora.metric.Meter;
import dev.mtlora.metric.edges.Correspondence;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;

/**
 * Edges: the probability that a pixel lies on a boundary.
 *
 * @param weight factor of the loss, at least 0
 * @param tolerance how far a predicted edge may lie beside a true one and still be right, as a
 *     share of the image's diagonal: 0.0075 by default, 0.011 in papers on NYUD
 * @param reference true: the loss takes ignored pixels for positive, as the reference
 *     implementation does; false: it leaves them out
 */
public record Edge(double weight, double tolerance, boolean reference) implements Task {
  /** Weight in the paper's recipe. */
  public static final double WEIGHT = 50;

  /** Edges are few: their share of the loss per pixel; the others weigh the rest. */
  private static final double POSITIVE_WEIGHT = 0.95;

  /** Checks the settings. */
  public Edge {
    TaskChecks.weight(weight);
    new Correspondence(tolerance); // checks it
  }

  /** With the paper's weight and the usual tolerance, leaving ignored pixels out. */
  public Edge() {
    this(WEIGHT, Correspondence.TOLERANCE, false);
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
  public Label label() {
    return new Label.Mask(true);
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return BinaryCrossEntropy.weighted(
        logits, reference ? Labels.ignoredAsPositive(target) : target, POSITIVE_WEIGHT);
  }

  @Override
  public Meter meter() {
    return new EdgeMeter(POSITIVE_WEIGHT, tolerance);
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
