package dev.mtlora.metric;

import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How well a probability separates the salient pixels, at 15 thresholds 0.20, 0.25 ... 0.90.
 *
 * <p>IoU, precision and recall are taken per image and averaged over images for each threshold.
 * {@code mIoU} is the best averaged IoU, {@code maxF} the best {@code 2PR / (P + R)} of the
 * averaged P and R, {@code maxF_beta} the {@link BetaF} of all pixels; all 0..1, up. An image whose
 * pixels are all ignored is not an image.
 */
public final class SaliencyMeter implements Meter {
  private static final int THRESHOLDS = 15;
  private static final int BINS = THRESHOLDS + 1; // by the number of thresholds passed

  private final double[] iou = new double[THRESHOLDS];
  private final double[] precision = new double[THRESHOLDS];
  private final double[] recall = new double[THRESHOLDS];
  private final BetaF beta = new BetaF();
  private long images;

  /** One that has seen nothing yet. */
  public SaliencyMeter() {}

  @Override
  public void add(Tensor logits, Tensor target) {
    int batch = (int) target.size(0);
    try (Scope scope = Scope.inference()) {
      // One histogram of cells (image, positive or not, thresholds passed); cell 0 takes the
      // ignored.
      Tensor image = firstCells(batch).to(target.device()); // B, 1, 1, 1
      Tensor positive = target.ge(0.5).to(DType.F32).times(BINS);
      Tensor probability = logits.to(DType.F32).sigmoid();
      beta.add(probability, target);
      Tensor passed = probability.countSmaller(thresholds().to(target.device()));
      Tensor cells = image.plus(positive).plus(passed).maskedFill(Labels.valid(target).not(), 0);
      long[] counts = cells.to(DType.I64).countOfEach(2L * BINS * batch + 1).toLongs();
      for (int i = 0; i < batch; i++) {
        int negatives = 1 + 2 * i * BINS;
        addImage(
            Arrays.copyOfRange(counts, negatives, negatives + BINS),
            Arrays.copyOfRange(counts, negatives + BINS, negatives + 2 * BINS));
      }
    }
  }

  private static Tensor firstCells(int batch) {
    float[] first = new float[batch];
    for (int i = 0; i < batch; i++) {
      first[i] = 1 + 2 * BINS * i;
    }
    return Tensor.of(first, batch, 1, 1, 1);
  }

  private static Tensor thresholds() {
    float[] values = new float[THRESHOLDS];
    for (int i = 0; i < THRESHOLDS; i++) {
      values[i] = (float) (0.05 * (4 + i));
    }
    return Tensor.of(values, THRESHOLDS);
  }

  /** Pixels by the number of thresholds they pass, first the negative ones, then the positive. */
  private void addImage(long[] negatives, long[] positives) {
    long actual = LongStream.of(positives).sum();
    if (actual + LongStream.of(negatives).sum() == 0) {
      return;
    }
    images++;
    long hits = 0;
    long predicted = 0;
    for (int t = THRESHOLDS - 1; t >= 0; t--) {
      hits += positives[t + 1];
      predicted += positives[t + 1] + negatives[t + 1];
      long union = actual + predicted - hits;
      iou[t] += union == 0 ? 1 : (double) hits / union;
      precision[t] += (double) hits / Math.max(predicted, 1);
      recall[t] += (double) hits / Math.max(actual, 1);
    }
  }

  @Override
  public Map<String, Double> values() {
    return new NamedScores()
        .put("mIoU", best(t -> iou[t] / images))
        .put("maxF", best(t -> f(precision[t] / images, recall[t] / images)))
        .put("maxF_beta", beta.max())
        .map();
  }

  private double best(IntToDoubleFunction score) {
    return images == 0
        ? Double.NaN
        : IntStream.range(0, THRESHOLDS).mapToDouble(score).max().orElseThrow();
  }

  private static double f(double p, double r) {
    return 2 * p * r / (p + r + 1e-12);
  }

  @Override
  public String headline() {
    return "mIoU";
  }

  @Override
  public boolean lowerIsBetter() {
    return false;
  }

  @Override
  public void merge(Meter other) {
    SaliencyMeter from = NamedScores.same(SaliencyMeter.class, other);
    Arrays.setAll(iou, i -> iou[i] + from.iou[i]);
    Arrays.setAll(precision, i -> precision[i] + from.precision[i]);
    Arrays.setAll(recall, i -> recall[i] + from.recall[i]);
    beta.merge(from.beta);
    images += from.images;
  }

  @Override
  public void reset() {
    Arrays.fill(iou, 0);
    Arrays.fill(precision, 0);
    Arrays.fill(recall, 0);
    beta.reset();
    images = 0;
  }
}
