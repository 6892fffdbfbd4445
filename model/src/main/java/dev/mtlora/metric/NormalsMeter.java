package dev.mtlora.metric;

import dev.mtlora.loss.L1;
import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Angles between predicted and true surface normals, in degrees.
 *
 * <p>{@code mean}, the paper's headline, is the mean of acos(p·g), p scaled to unit length and g
 * taken as it is, ignored components of both set to zero, over pixels whose first component is
 * valid. {@code rmse}, {@code median} and {@code under_*} (per cent of pixels) are of the same
 * angles. {@code mean_v2} is the mean of 2·atan2(|p-g|, |p+g|) with both at unit length, over
 * pixels with three valid components; the two agree where g has unit length.
 *
 * <p>The median is read from a histogram of {@value #BINS_PER_DEGREE} bins per degree, so it is
 * exact to 0.01°; all else is exact.
 */
public final class NormalsMeter implements Meter {
  private static final int BINS_PER_DEGREE = 100;
  private static final int BINS = 180 * BINS_PER_DEGREE + 1; // the last one holds exactly 180°
  private static final double DEGREES = 180 / Math.PI;

  private final double[] sums =
      new double[8]; // pixels, angles, squares, 3 counts, v2: pixels, angles
  private final long[] histogram = new long[BINS];

  /** One that has seen nothing yet. */
  public NormalsMeter() {}

  @Override
  public void add(Tensor logits, Tensor target) {
    try (Scope scope = Scope.inference()) {
      Tensor valid = Labels.valid(target); // B, 3, H, W
      Tensor p = L1.unit(logits.to(DType.F64)).maskedFill(valid.not(), 0);
      Tensor g = target.to(DType.F64).maskedFill(valid.not(), 0);
      Tensor first = valid.narrow(1, 0, 1); // B, 1, H, W
      Tensor all = valid.to(DType.I64).sum(true, 1).eq(3);
      Tensor angle = p.times(g).sum(true, 1).clamp(-1, 1).acos().times(DEGREES);
      addSums(angle, first, angleV2(p, L1.unit(g)), all);
      addHistogram(angle, first);
    }
  }

  private static Tensor angleV2(Tensor p, Tensor g) {
    return p.minus(g).norm(1, true).atan2(p.plus(g).norm(1, true)).times(2 * DEGREES);
  }

  private void addSums(Tensor angle, Tensor valid, Tensor angleV2, Tensor validV2) {
    Tensor measured = angle.maskedFill(valid.not(), 0);
    double[] batch =
        Tensor.stack(
                List.of(
                    valid.sum().to(DType.F64),
                    measured.sum(),
                    measured.square().sum(),
                    under(11.25, angle, valid),
                    under(22.5, angle, valid),
                    under(30, angle, valid),
                    validV2.sum().to(DType.F64),
                    angleV2.maskedFill(validV2.not(), 0).sum()),
                0)
            .toDoubles();
    Arrays.setAll(sums, i -> sums[i] + batch[i]);
  }

  private static Tensor under(double degrees, Tensor angle, Tensor valid) {
    return angle.lt(degrees).and(valid).sum().to(DType.F64);
  }

  private void addHistogram(Tensor angle, Tensor valid) {
    Tensor cell = angle.times(BINS_PER_DEGREE).clamp(0, BINS - 1).plus(1);
    Tensor cells = cell.maskedFill(valid.not(), 0); // cell 0 takes the ignored
    long[] counts = cells.to(DType.I64).countOfEach(BINS + 1).toLongs();
    Arrays.setAll(histogram, i -> histogram[i] + counts[i + 1]);
  }

  @Override
  public Map<String, Double> values() {
    return new NamedScores()
        .put("mean", NamedScores.ratio(sums[1], sums[0]))
        .put("mean_v2", NamedScores.ratio(sums[7], sums[6]))
        .put("rmse", Math.sqrt(NamedScores.ratio(sums[2], sums[0])))
        .put("median", median())
        .put("under_11.25", 100 * NamedScores.ratio(sums[3], sums[0]))
        .put("under_22.5", 100 * NamedScores.ratio(sums[4], sums[0]))
        .put("under_30", 100 * NamedScores.ratio(sums[5], sums[0]))
        .map();
  }

  private double median() {
    double half = sums[0] / 2;
    double below = 0;
    for (int i = 0; i < BINS; i++) {
      if (histogram[i] > 0 && below + histogram[i] >= half) {
        return (i + (half - below) / histogram[i]) / BINS_PER_DEGREE;
      }
      below += histogram[i];
    }
    return Double.NaN;
  }

  @Override
  public String headline() {
    return "mean";
  }

  @Override
  public boolean lowerIsBetter() {
    return true;
  }

  @Override
  public void merge(Meter other) {
    NormalsMeter from = NamedScores.same(NormalsMeter.class, other);
    Arrays.setAll(sums, i -> sums[i] + from.sums[i]);
    Arrays.setAll(histogram, i -> histogram[i] + from.histogram[i]);
  }

  @Override
  public void reset() {
    Arrays.fill(sums, 0);
    Arrays.fill(histogram, 0);
  }
}
