package dev.mtlora.run;

import dev.mtlora.spec.bind.Bind;
import dev.mtlora.spec.bind.JsonText;
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
  private static final Bind BIND = Bind.json();

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
    public Cost plus(Cost other) {
      return new Cost(
          total + other.total,
          trainable + other.trainable,
          multiplyAdds + other.multiplyAdds,
          stepSeconds + other.stepSeconds,
          Math.max(peakBytes, other.peakBytes),
          adapterBytes + other.adapterBytes);
    }

    /** Of one method with several seeds: the median of each that is known, the lower one of two. */
    public static Cost median(List<Cost> costs) {
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

  /**
   * A summary as it is written.
   *
   * @param last its last evaluation
   * @param parameters of the model
   * @param trainable parameters with a gradient
   * @param multiplyAdds of a forward pass
   * @param stepSeconds median time of a step
   * @param peakBytes most memory
   * @param adapterBytes size of the adapter file
   */
  public record Written(
      HistoryJson.Written last,
      long parameters,
      long trainable,
      long multiplyAdds,
      double stepSeconds,
      long peakBytes,
      long adapterBytes) {
    /** What is written. */
    public Summary summary() {
      if (last.tasks().isEmpty()) {
        throw new IllegalArgumentException("not the summary of a training: it has no scores");
      }
      return new Summary(
          last.evaluation(),
          new Cost(parameters, trainable, multiplyAdds, stepSeconds, peakBytes, adapterBytes));
    }
  }

  /** As it is written. */
  public Written written() {
    return new Written(
        HistoryJson.written(last),
        cost.total,
        cost.trainable,
        cost.multiplyAdds,
        cost.stepSeconds,
        cost.peakBytes,
        cost.adapterBytes);
  }

  /** As a JSON object. */
  public String json() {
    return BIND.write(written()).toPrettyString();
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws IllegalArgumentException if it is no summary
   */
  public static Summary parse(String json) {
    return BIND.read(Written.class, JsonText.read(json)).summary();
  }
}
