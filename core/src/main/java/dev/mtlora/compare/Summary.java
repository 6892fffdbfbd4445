package dev.mtlora.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.train.Evaluation;
import dev.mtlora.train.HistoryJson;
import java.util.Comparator;
import java.util.List;

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
   * @param step time of an optimiser step
   * @param peakBytes most memory that the process held; 0 where the system does not tell
   * @param adapterBytes size of the adapter file
   */
  public record Cost(
      long total,
      long trainable,
      long multiplyAdds,
      StepTime step,
      long peakBytes,
      long adapterBytes) {

    /**
     * How long an optimiser step takes.
     *
     * @param seconds median of the wall clock
     * @param inTurn true if steps of all rows were made in turn, so that times of different rows
     *     can be compared; false for those of a training, which perhaps had the machine to itself
     *     and perhaps not
     */
    public record StepTime(double seconds, boolean inTurn) {
      private StepTime plus(StepTime other) {
        return new StepTime(seconds + other.seconds, inTurn && other.inTurn);
      }
    }

    /** Both together: of two networks that do the work of one; the peak is the larger one. */
    Cost plus(Cost other) {
      return new Cost(
          total + other.total,
          trainable + other.trainable,
          multiplyAdds + other.multiplyAdds,
          step.plus(other.step),
          Math.max(peakBytes, other.peakBytes),
          adapterBytes + other.adapterBytes);
    }

    /** Of one method with several seeds: sizes are the same, memory is the median. */
    static Cost median(List<Cost> costs) {
      Cost first = costs.get(0);
      List<Cost> byTime =
          costs.stream().sorted(Comparator.comparingDouble(c -> c.step.seconds)).toList();
      List<Cost> byMemory =
          costs.stream().sorted(Comparator.comparingLong(Cost::peakBytes)).toList();
      int middle = (costs.size() - 1) / 2;
      return new Cost(
          first.total,
          first.trainable,
          first.multiplyAdds,
          new StepTime(
              byTime.get(middle).step.seconds, costs.stream().allMatch(c -> c.step.inTurn)),
          byMemory.get(middle).peakBytes,
          first.adapterBytes);
    }

    private Cost timed(double seconds) {
      return new Cost(
          total, trainable, multiplyAdds, new StepTime(seconds, true), peakBytes, adapterBytes);
    }
  }

  /** The same with the time of steps that were made in turn with those of other rows. */
  public Summary timed(double seconds) {
    return new Summary(last, cost.timed(seconds));
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
        .put("step_seconds", cost.step.seconds)
        .put("step_in_turn", cost.step.inTurn)
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
            new Cost.StepTime(
                node.path("step_seconds").asDouble(), node.path("step_in_turn").asBoolean()),
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
