package dev.mtlora.compare;

import dev.mtlora.run.Summary;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One line of a comparison's table.
 *
 * @param name of the method
 * @param headlines of every task that the method has, over seeds
 * @param deltaM over seeds, per cent against the single-task networks; NaN while one is missing
 * @param cost of one seed, the median over seeds
 * @param inTurn seconds of a step, measured in turn with those of other rows; absent if it has not
 *     been
 * @param seeds finished ones
 */
public record Row(
    String name,
    Map<String, Spread> headlines,
    Spread deltaM,
    Summary.Cost cost,
    OptionalDouble inTurn,
    List<Long> seeds) {

  /** Seconds of a step: in turn, or if that is not known, of the training. */
  public double stepSeconds() {
    return inTurn.orElse(cost.stepSeconds());
  }
}
