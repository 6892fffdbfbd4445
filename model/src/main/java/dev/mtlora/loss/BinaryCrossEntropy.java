package dev.mtlora.loss;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;

/**
 * Weighted binary cross-entropy of masks: {@code -1/N sum(w+ log s(x))} over positive pixels {@code
 * -1/N sum((1 - w+) log s(-x))} over the others, s the logistic function, N the valid pixels.
 *
 * <p>A target of at least 0.5 is positive. The reference implementation has no ignored pixels here;
 * {@link Labels#ignoredAsPositive} turns a target into what it sees.
 */
public final class BinaryCrossEntropy {
  private BinaryCrossEntropy() {}

  /**
   * Class-balanced: w+ is the share of negatives among the valid pixels of the batch.
   *
   * @param logits any shape
   * @param target the same shape: 0, 1 or {@link Labels#IGNORE}
   * @return shape []
   */
  public static Tensor balanced(Tensor logits, Tensor target) {
    Tensor valid = Labels.valid(target);
    Tensor negatives = valid.and(target.lt(0.5)).sum().to(logits.dtype().atLeastF32());
    Tensor share = negatives.dividedBy(Labels.countOf(valid)); // []
    return mean(logits, target, target.ge(0.5).choose(share, share.negate().plus(1)));
  }

  /**
   * With fixed weights.
   *
   * @param logits any shape
   * @param target the same shape: 0, 1 or {@link Labels#IGNORE}
   * @param positiveWeight w+, 0..1
   * @return shape []
   */
  public static Tensor weighted(Tensor logits, Tensor target, double positiveWeight) {
    Tensor positive = target.ge(0.5).to(logits.dtype().atLeastF32());
    return mean(logits, target, positive.times(2 * positiveWeight - 1).plus(1 - positiveWeight));
  }

  private static Tensor mean(Tensor logits, Tensor target, Tensor weights) {
    Tensor valid = Labels.valid(target);
    Tensor positive = target.ge(0.5);
    Tensor x = logits.atLeastF32();
    Tensor logLikelihood = Functional.logSigmoid(positive.choose(x, x.negate()));
    return logLikelihood
        .times(weights)
        .maskedFill(valid.not(), 0)
        .sum()
        .negate()
        .dividedBy(Labels.countOf(valid));
  }
}
