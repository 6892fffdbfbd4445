package dev.mtlora.newcomer;

import dev.mtlora.loss.Labels;
import dev.mtlora.metric.Meter;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Map;

/** The mean absolute error of all channels, down. */
final class AlbedoMeter implements Meter {
  private double sum;
  private double count;

  @Override
  public void add(Tensor logits, Tensor target) {
    try (Scope scope = Scope.inference()) {
      Tensor valid = Labels.valid(target);
      Tensor error = logits.to(DType.F64).clamp(0, 1).minus(target).abs();
      sum += error.maskedFill(valid.not(), 0).sum().item();
      count += valid.sum().item();
    }
  }

  @Override
  public Map<String, Double> values() {
    return Map.of("mae", sum / count);
  }

  @Override
  public String headline() {
    return "mae";
  }

  @Override
  public boolean lowerIsBetter() {
    return true;
  }

  @Override
  public void merge(Meter other) {
    sum += ((AlbedoMeter) other).sum;
    count += ((AlbedoMeter) other).count;
  }

  @Override
  public void reset() {
    sum = 0;
    count = 0;
  }
}
