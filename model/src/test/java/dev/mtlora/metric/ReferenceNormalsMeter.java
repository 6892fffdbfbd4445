package dev.mtlora.metric;

import dev.mtlora.tensor.Tensor;
import java.util.Map;

/**
 * Normals as the reference implementation scores them, under its names, for comparison with its
 * numbers only: what it calls {@code rmse} and {@code rmse_v2} are the means once more. The true
 * rmse is in {@link NormalsMeter}.
 */
final class ReferenceNormalsMeter implements Meter {
  private final NormalsMeter angles = new NormalsMeter();

  @Override
  public void add(Tensor logits, Tensor target) {
    angles.add(logits, target);
  }

  @Override
  public Map<String, Double> values() {
    double mean = angles.value();
    double second = angles.values().getOrDefault("mean_v2", Double.NaN);
    return new NamedScores()
        .put("mean", mean)
        .put("rmse", mean)
        .put("mean_v2", second)
        .put("rmse_v2", second)
        .map();
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
    angles.merge(NamedScores.same(ReferenceNormalsMeter.class, other).angles);
  }

  @Override
  public void reset() {
    angles.reset();
  }
}
