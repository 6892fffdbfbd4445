package dev.mtlora.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.train.Evaluation;
import dev.mtlora.train.HistoryJson;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one finished training gave and what it cost.
 *
 * @param last its last evaluation: no other was chosen by its scores
 * @param cost of the model and of the training
 */
public record Summary(Evaluation last, Cost cost) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What a training costs.
   *
   * @param total parameters of the model
   * @param trainable parameters with a gradient
   * @param multiplyAdds of a forward pass of one image to all tasks, adapters not merged
   * @param stepSeconds median wall-clock time of the training's steps; 0 if it made none
   * @param peakBytes most memory that the process held; 0 where the system does not tell
   * @param adapterBytes size of the adapter file
   */
  public record Cost(
      long total,
      long trainable,
      long multiplyAdds,
      double stepSeconds,
      long peakBytes,
      long adapterBytes) {

    /** Both together: of two networks that do the work of one; the peak is the larger one. */
    Cost plus(Cost other) {
      return new Cost(
          total + other.total,
          trainable + other.trainable,
          multiplyAdds + other.multiplyAdds,
          stepSeconds + other.stepSeconds,
          Math.max(peakBytes, other.peakBytes),
          adapterBytes + other.adapterBytes);
    }

    /** Of one method with several seeds: the median of each that is known, the lower one of two. */
    static Cost median(List<Cost> costs) {
      return new Cost(
          (long) median(costs, Cost::total),
          (long) median(costs, Cost::trainable),
          (long) median(costs, Cost::multiplyAdds),
          median(costs, Cost::stepSeconds),
          (long) median(costs, Cost::peakBytes),
          (long) median(costs, Cost::adapterBytes));
    }

    private static double median(List<Cost> costs, ToDoubleFunction<Cost> of) {
      double[] known = costs.stream().mapToDouble(of).filter(v -> v > 0).sorted().toArray();
      return known.length == 0 ? 0 : known[(known.length - 1) / 2];
    }
  }

  /** The same with the size of the adapter file. */
  public Summary withAdapter(long bytes) {
    return new Summary(
        last,
        new Cost(
            cost.total,
            cost.trainable,
            cost.multiplyAdds,
            cost.stepSeconds,
            cost.peakBytes,
            bytes));
  }

  /** As a JSON object. */
  public String json() {
    return node().toPrettyString();
  }

  ObjectNode node() {
    ObjectNode node = JSON.createObjectNode();
    node.set("last", tree(HistoryJson.write(last)));
    return node.put("parameters", cost.total)
        .put("trainable", cost.trainable)
        .put("multiply_adds", cost.multiplyAdds)
        .put("step_seconds", cost.stepSeconds)
        .put("peak_bytes", cost.peakBytes)
        .put("adapter_bytes", cost.adapterBytes);
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws IllegalArgumentException if it is no summary
   */
  public static Summary parse(String json) {
    return of(tree(json));
  }

  static Summary of(JsonNode node) {
    List<Evaluation> last = HistoryJson.read("[" + node.path("last") + "]");
    if (last.size() != 1 || last.get(0).scores().tasks().isEmpty()) {
      throw new IllegalArgumentException("not the summary of a training: it has no scores");
    }
    return new Summary(
        last.get(0),
        new Cost(
            node.path("parameters").asLong(),
            node.path("trainable").asLong(),
            node.path("multiply_adds").asLong(),
            node.path("step_seconds").asDouble(),
            node.path("peak_bytes").asLong(),
            node.path("adapter_bytes").asLong()));
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
