package dev.mtlora.task;

import dev.mtlora.loss.L1;
import dev.mtlora.metric.DepthMeter;
import dev.mtlora.metric.Meter;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;

/**
 * Depth: the distance from the camera in metres. A label of exactly 255 m reads as ignored.
 *
 * @param weight factor of the loss, at least 0
 */
public record Depth(double weight) implements Task {
  /** Weight in the paper's recipe. */
  public static final double WEIGHT = 1;

  /** The depth that gets the middle colour; a fixed scale, so that pictures can be compared. */
  private static final double MIDDLE_METRES = 3;

  /** Checks the weight. */
  public Depth {
    TaskChecks.weight(weight);
  }

  /** With the paper's weight. */
  public Depth() {
    this(WEIGHT);
  }

  @Override
  public String name() {
    return "depth";
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public Label label() {
    return new Label.Values(1, Label.Values.METRES, 0);
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return L1.of(logits, target);
  }

  @Override
  public Meter meter() {
    return new DepthMeter();
  }

  /** Metres, not below 0. */
  @Override
  public Tensor predict(Tensor logits) {
    return logits.to(DType.F32).clamp(0, Double.POSITIVE_INFINITY);
  }

  /** Near is pale, far is dark; a depth of 0 means that none is known. */
  @Override
  public int[] show(float[] prediction, int height, int width) {
    TaskChecks.picture(name(), prediction, 1, height, width);
    return Colours.map(
        prediction, d -> d > 0 ? Colours.ofDepth(d / (d + MIDDLE_METRES)) : Colours.NO_VALUE);
  }
}
