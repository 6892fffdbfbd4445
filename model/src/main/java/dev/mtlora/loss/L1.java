package dev.mtlora.loss;

import dev.mtlora.tensor.Tensor;

/** Mean absolute differences over valid elements: depth and surface normals. */
public final class L1 {
  private static final double EPS = 1e-12;

  private L1() {}

  /**
   * Mean over the valid elements of {@code |prediction - target|}.
   *
   * @param prediction any shape
   * @param target the same shape, {@link Labels#IGNORE} where nothing is known
   * @return shape []
   */
  public static Tensor of(Tensor prediction, Tensor target) {
    Tensor valid = Labels.valid(target);
    return prediction
        .atLeastF32()
        .minus(target)
        .maskedFill(valid.not(), 0)
        .abs()
        .sum()
        .dividedBy(Labels.countOf(valid));
  }

  /**
   * The same between the prediction scaled to unit length, {@link #unit}, and the target.
   *
   * @param prediction {@code [B, C, H, W]}
   * @param target {@code [B, C, H, W]}, unit vectors or {@link Labels#IGNORE}
   * @return shape []
   */
  public static Tensor ofUnit(Tensor prediction, Tensor target) {
    return of(unit(prediction.atLeastF32()), target);
  }

  /**
   * Vectors over dimension 1 divided by (their length + 1e-12).
   *
   * <p>A zero vector stays zero and its gradient is finite: the length counts as constant there.
   */
  public static Tensor unit(Tensor vectors) {
    return vectors.dividedBy(vectors.norm(1, true).plus(EPS));
  }

  /** The same where nobody asks for a gradient: a tenth of the time, up to rounding. */
  public static Tensor unitWithoutGradient(Tensor vectors) {
    return vectors.dividedBy(vectors.square().sum(true, 1).sqrt().plus(EPS));
  }
}
