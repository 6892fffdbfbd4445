package dev.mtlora.metric;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Map;

/**
 * Saliency as the reference implementation scores it, under its names, for comparison with its
 * numbers only. Two things differ from {@link SaliencyMeter}: in a batch of one every row of pixels
 * counts as an image, and {@code Beta maxF} is taken of the logistic function of the probability,
 * so that nothing is below 0.5.
 */
final class ReferenceSaliencyMeter implements Meter {
  private final SaliencyMeter images = new SaliencyMeter();
  private final BetaF beta = new BetaF();

  @Override
  public void add(Tensor logits, Tensor target) {
    try (Scope scope = Scope.inference()) {
      boolean single = target.size(0) == 1;
      images.add(single ? rows(logits) : logits, single ? rows(target) : target);
      beta.add(logits.to(DType.F32).sigmoid().sigmoid(), target);
    }
  }

  private static Tensor rows(Tensor image) {
    return image.permute(2, 1, 0, 3); // 1, 1, H, W -> H, 1, 1, W
  }

  @Override
  public Map<String, Double> values() {
    return new NamedScores()
        .put("mIoU", images.value())
        .put("maxF", images.values().getOrDefault("maxF", Double.NaN))
        .put("Beta maxF", beta.max())
        .map();
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
    ReferenceSaliencyMeter from = NamedScores.same(ReferenceSaliencyMeter.class, other);
    images.merge(from.images);
    beta.merge(from.beta);
  }

  @Override
  public void reset() {
    images.reset();
    beta.reset();
  }
}
