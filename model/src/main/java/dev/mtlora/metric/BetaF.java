package dev.mtlora.metric;

import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The F of masks that the literature on saliency reports: {@code (1 + β²) P R / (β² P + R)} with β²
 * = 0.3, which favours precision (Achanta et al., CVPR 2009), the best of 19 thresholds 0.05, 0.10
 * ... 0.95, a prediction being positive from p &gt;= t on.
 *
 * <p>Pixels are counted over the whole set before precision and recall are taken.
 */
final class BetaF {
  private static final double BETA_SQUARED = 0.3;
  private static final int THRESHOLDS = 19;
  private static final int BINS = THRESHOLDS + 1; // by the number of thresholds passed

  private final long[] negatives = new long[BINS];
  private final long[] positives = new long[BINS];

  /**
   * Adds a batch, inside a scope.
   *
   * @param probability any shape, f32
   * @param target the same shape: 0, 1 or {@link Labels#IGNORE}
   */
  void add(Tensor probability, Tensor target) {
    Tensor passed = probability.countSmaller(below().to(target.device()));
    Tensor positive = target.ge(0.5).to(DType.F32).times(BINS);
    Tensor cells = positive.plus(passed).plus(1).maskedFill(Labels.valid(target).not(), 0);
    long[] counts = cells.to(DType.I64).countOfEach(2L * BINS + 1).toLongs(); // 0: the ignored
    Arrays.setAll(negatives, i -> negatives[i] + counts[1 + i]);
    Arrays.setAll(positives, i -> positives[i] + counts[1 + BINS + i]);
  }

  /** The largest float below each threshold: what is above it has passed. */
  private static Tensor below() {
    float[] values = new float[THRESHOLDS];
    for (int i = 0; i < THRESHOLDS; i++) {
      values[i] = Math.nextDown((float) (0.05 * (i + 1)));
    }
    return Tensor.of(values, THRESHOLDS);
  }

  /** The best F, 0..1; NaN if there was no valid pixel. */
  double max() {
    long actual = Arrays.stream(positives).sum();
    if (actual + Arrays.stream(negatives).sum() == 0) {
      return Double.NaN;
    }
    return IntStream.rangeClosed(1, THRESHOLDS).mapToDouble(t -> f(t, actual)).max().orElseThrow();
  }

  private double f(int threshold, long actual) {
    long hits = Arrays.stream(positives, threshold, BINS).sum();
    long predicted = hits + Arrays.stream(negatives, threshold, BINS).sum();
    if (hits == 0) {
      return 0;
    }
    double precision = (double) hits / predicted;
    double recall = (double) hits / actual;
    return (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall);
  }

  void merge(BetaF other) {
    Arrays.setAll(negatives, i -> negatives[i] + other.negatives[i]);
    Arrays.setAll(positives, i -> positives[i] + other.positives[i]);
  }

  void reset() {
    Arrays.fill(negatives, 0);
    Arrays.fill(positives, 0);
  }
}
