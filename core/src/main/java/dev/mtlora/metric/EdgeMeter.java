package dev.mtlora.metric;

import dev.mtlora.loss.BinaryCrossEntropy;
import dev.mtlora.loss.Labels;
import dev.mtlora.metric.edges.Correspondence;
import dev.mtlora.metric.edges.EdgeMap;
import dev.mtlora.metric.edges.EdgeScores;
import dev.mtlora.metric.edges.Tally;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How well edges are found: {@code odsF} and {@code oisF} of the boundary benchmark ({@link
 * EdgeScores}), 0..1, up; and {@code loss}, the edge loss of the logits averaged over all valid
 * pixels of the set, down.
 *
 * <p>The images of a batch are matched in parallel; of each only its counts are kept.
 */
public final class EdgeMeter implements Meter {
  private final double positiveWeight;
  private final Correspondence correspondence;
  private final EdgeScores edges = new EdgeScores();
  private double loss;
  private double pixels;

  /**
   * A meter of nothing yet.
   *
   * @param positiveWeight weight of positives in the loss, 0..1
   * @param tolerance how far an edge may lie beside a drawn one, as a share of the diagonal
   */
  public EdgeMeter(double positiveWeight, double tolerance) {
    this.positiveWeight = positiveWeight;
    this.correspondence = new Correspondence(tolerance);
  }

  @Override
  public void add(Tensor logits, Tensor target) {
    try (Scope scope = Scope.inference()) {
      double valid = Labels.valid(target).sum().item();
      loss += BinaryCrossEntropy.weighted(logits, target, positiveWeight).item() * valid;
      pixels += valid;
      match(logits.to(DType.F32).sigmoid(), target);
    }
  }

  private void match(Tensor probability, Tensor target) {
    int height = (int) target.size(2);
    int width = (int) target.size(3);
    float[] likely = probability.toFloats();
    float[] drawn = target.toFloats();
    List<List<Tally>> images =
        IntStream.range(0, (int) target.size(0))
            .parallel()
            .mapToObj(
                i ->
                    correspondence.count(
                        image(likely, i, height, width), List.of(image(drawn, i, height, width))))
            .toList();
    images.forEach(edges::add);
  }

  private static EdgeMap image(float[] batch, int i, int height, int width) {
    int size = height * width;
    return new EdgeMap(height, width, Arrays.copyOfRange(batch, i * size, (i + 1) * size));
  }

  @Override
  public Map<String, Double> values() {
    return new Scores()
        .put("odsF", edges.odsF())
        .put("oisF", edges.oisF())
        .put("loss", Scores.ratio(loss, pixels))
        .map();
  }

  @Override
  public String headline() {
    return "odsF";
  }

  @Override
  public boolean lowerIsBetter() {
    return false;
  }

  @Override
  public void reset() {
    edges.reset();
    loss = 0;
    pixels = 0;
  }
}
