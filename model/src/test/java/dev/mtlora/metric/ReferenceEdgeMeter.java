package dev.mtlora.metric;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Map;

/**
 * Edges as the reference implementation scores them, for comparison with its numbers only: {@code
 * loss} takes probabilities for logits. It finds odsF by MATLAB; ours is in {@link EdgeMeter}.
 */
final class ReferenceEdgeMeter implements Meter {
  private final EdgeLoss loss;

  /** A meter of the loss with the given weight of positives, 0..1. */
  ReferenceEdgeMeter(double positiveWeight) {
    loss = new EdgeLoss(positiveWeight);
  }

  @Override
  public void add(Tensor logits, Tensor target) {
    try (Scope scope = Scope.inference()) {
      loss.add(logits.to(DType.F32).sigmoid(), target);
    }
  }

  @Override
  public Map<String, Double> values() {
    return new NamedScores().put("loss", loss.mean()).map();
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
  public void merge(Meter other) {
    loss.merge(NamedScores.same(ReferenceEdgeMeter.class, other).loss);
  }

  @Override
  public void reset() {
    loss.reset();
  }
}
