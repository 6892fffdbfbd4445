package dev.mtlora.metric;

import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Errors of a depth in metres, pooled over all valid pixels of the set: {@code rmse} (metres),
 * {@code log_rmse} (natural logarithm), {@code abs_rel} (share of the true depth), all down, and
 * {@code delta1..3}, the shares of pixels whose ratio to the truth is below 1.25, 1.25², 1.25³, up.
 *
 * <p>Predictions are clamped at 1e-9 m before all of them (Eigen et al. 2014 define the scores).
 */
public final class DepthMeter implements Meter {
  private final double[] sums = new double[7]; // pixels, squares, log squares, relative, 3 deltas

  /** One that has seen nothing yet. */
  public DepthMeter() {}

  @Override
  public void add(Tensor logits, Tensor target) {
    try (Scope scope = Scope.inference()) {
      Tensor ignored = Labels.valid(target).not();
      Tensor t = target.to(DType.F64).maskedFill(ignored, 1); // both 1: no error, masked out below
      Tensor p = logits.to(DType.F64).clamp(1e-9, Double.POSITIVE_INFINITY).maskedFill(ignored, 1);
      Tensor error = p.minus(t);
      Tensor ratio = p.dividedBy(t).maximum(t.dividedBy(p)).maskedFill(ignored, 1e9);
      double[] batch =
          Tensor.stack(
                  List.of(
                      ignored.not().sum().to(DType.F64),
                      error.square().sum(),
                      p.log().minus(t.log()).square().sum(),
                      error.abs().dividedBy(t).sum(),
                      ratio.lt(1.25).sum().to(DType.F64),
                      ratio.lt(1.25 * 1.25).sum().to(DType.F64),
                      ratio.lt(1.25 * 1.25 * 1.25).sum().to(DType.F64)),
                  0)
              .toDoubles();
      Arrays.setAll(sums, i -> sums[i] + batch[i]);
    }
  }

  @Override
  public Map<String, Double> values() {
    return new NamedScores()
        .put("rmse", Math.sqrt(mean(1)))
        .put("log_rmse", Math.sqrt(mean(2)))
        .put("abs_rel", mean(3))
        .put("delta1", mean(4))
        .put("delta2", mean(5))
        .put("delta3", mean(6))
        .map();
  }

  private double mean(int i) {
    return NamedScores.ratio(sums[i], sums[0]);
  }

  @Override
  public String headline() {
    return "rmse";
  }

  @Override
  public boolean lowerIsBetter() {
    return true;
  }

  @Override
  public void merge(Meter other) {
    DepthMeter from = NamedScores.same(DepthMeter.class, other);
    Arrays.setAll(sums, i -> sums[i] + from.sums[i]);
  }

  @Override
  public void reset() {
    Arrays.fill(sums, 0);
  }
}
