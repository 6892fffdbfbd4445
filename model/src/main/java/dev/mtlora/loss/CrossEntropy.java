package dev.mtlora.loss;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;

/** Softmax cross-entropy over classes. */
public final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * Mean over the valid pixels of {@code -log softmax(logits)[target]}.
   *
   * @param logits {@code [B, K, H, W]}
   * @param target {@code [B, 1, H, W]}: class indices 0 .. K-1, or {@link Labels#IGNORE}
   * @return shape []
   */
  public static Tensor of(Tensor logits, Tensor target) {
    Tensor sum =
        Functional.crossEntropySum(
            logits.atLeastF32(), target.squeeze(1).to(DType.I64), (long) Labels.IGNORE);
    return sum.dividedBy(Labels.countOf(Labels.valid(target)));
  }
}
