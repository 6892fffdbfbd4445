package dev.mtlora.loss;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;

/** What losses and meters agree on about targets. */
public final class Labels {
  /** The value of a pixel that no loss and no meter looks at; also where a label is missing. */
  public static final float IGNORE = 255f;

  private Labels() {}

  /** True where the target is not {@link #IGNORE}; BOOL of the target's shape. */
  public static Tensor valid(Tensor target) {
    return target.ne(IGNORE);
  }

  /**
   * A mask in which ignored pixels have become positive: the reference implementation takes every
   * value of at least 0.5 for positive, 255 included.
   *
   * @param target 0, 1 or 255
   */
  public static Tensor ignoredAsPositive(Tensor target) {
    return target.clamp(0, 1);
  }

  /** Number of true values as F32 of shape [], but at least 1, so that it can divide. */
  static Tensor countOf(Tensor mask) {
    return mask.sum().to(DType.F32).clamp(1, Double.POSITIVE_INFINITY); // I64 sum: exact
  }
}
