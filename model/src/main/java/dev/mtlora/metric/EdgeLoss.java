package dev.mtlora.metric;

import dev.mtlora.loss.BinaryCrossEntropy;
import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.Tensor;

/** The loss of edges, averaged over all valid pixels of a set. */
final class EdgeLoss {
  private final double positiveWeight;
  private double sum;
  private double pixels;

  EdgeLoss(double positiveWeight) {
    this.positiveWeight = positiveWeight;
  }

  /** Adds a batch, inside a scope. */
  void add(Tensor logits, Tensor target) {
    double valid = Labels.valid(target).sum().item();
    sum += BinaryCrossEntropy.weighted(logits, target, positiveWeight).item() * valid;
    pixels += valid;
  }

  double mean() {
    return NamedScores.ratio(sum, pixels);
  }

  void merge(EdgeLoss other) {
    sum += other.sum;
    pixels += other.pixels;
  }

  void reset() {
    sum = 0;
    pixels = 0;
  }
}
