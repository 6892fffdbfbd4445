package dev.mtlora.metric;

import dev.mtlora.metric.edges.Correspondence;
import dev.mtlora.metric.edges.EdgeCounts;
import dev.mtlora.metric.edges.EdgeMap;
import dev.mtlora.metric.edges.EdgeScores;
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
  private final EdgeLoss loss;
  private final Correspondence correspondence;
  private final EdgeScores edges = new EdgeScores();

  /**
   * A meter of nothing yet.
   *
   * @param positiveWeight weight of positives in the loss, 0..1
   * @param tolerance how far an edge may lie beside a drawn one, as a share of the diagonal
   */
  public EdgeMeter(double positiveWeight, double tolerance) {
    loss = new EdgeLoss(positiveWeight);
    correspondence = new Correspondence(tolerance);
  }

  @Override
  public void add(Tensor logits, Tensor target) {
    try (Scope scope = Scope.inference()) {
      loss.add(logits, target);
      match(logits.to(DType.F32).sigmoid(), target);
    }
  }

  private void match(Tensor probability, Tensor target) {
    int height = (int) target.size(2);
    int width = (int) target.size(3);
    float[] likely = probability.toFloats();
    float[] drawn = target.toFloats();
    List<List<EdgeCounts>> images =
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
    return new NamedScores()
        .put("odsF", edges.odsF())
        .put("oisF", edges.oisF())
        .put("loss", loss.mean())
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
  public void merge(Meter other) {
    EdgeMeter from = NamedScores.same(EdgeMeter.class, other);
    edges.merge(from.edges);
    loss.merge(from.loss);
  }

  @Override
  public void reset() {
    edges.reset();
    loss.reset();
  }
}
