package dev.mtlora.metric;

import dev.mtlora.loss.BinaryCrossEntropy;
import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Map;

/** The edge loss of the logits, averaged over all valid pixels of the set: {@code loss}, down. */
public final class EdgeMeter implements Meter {
  private final double positiveWeight;
  private double sum;
  private double pixels;

  /** A meter of the loss with the given weight of positives, 0..1. */
  public EdgeMeter(double positiveWeight) {
    this.positiveWeight = positiveWeight;
  }

  @Override
  public void add(Tensor logits, Tensor target) {
    try (Scope scope = Scope.inference()) {
      double valid = Labels.valid(target).sum().item();
      sum += BinaryCrossEntropy.weighted(logits, target, positiveWeight).item() * valid;
      pixels += valid;
    }
  }

  @Override
  public Map<String, Double> values() {
    return new Scores().put("loss", Scores.ratio(sum, pixels)).map();
  }

  @Override
  public String headline() {
    return "loss";
  }

  @Override
  public boolean lowerIsBetter() {
    return true;
  }

  @Override
  public void reset() {
    sum = 0;
    pixels = 0;
  }
}
