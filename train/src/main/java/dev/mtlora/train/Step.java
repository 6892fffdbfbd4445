package dev.mtlora.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One optimiser step that has been made.
 *
 * @param step its number, from 1
 * @param epoch the epoch its batches belong to, from 0
 * @param ids of the images
 * @param rate the learning rate
 * @param loss the sum over tasks with their fixed weights, mean over the accumulated batches
 * @param losses unweighted, by task; tasks without any label are absent
 * @param factors besides the fixed weights, by task, in what tasks share; empty if there are none
 * @param gradNorm norm of the gradient before clipping
 * @param seconds wall-clock time, waiting for data included
 */
public record Step(
    long step,
    int epoch,
    List<String> ids,
    double rate,
    double loss,
    Map<String, Double> losses,
    Map<String, Double> factors,
    double gradNorm,
    double seconds) {

  /** All numbers by name: {@code train/loss}, {@code train/loss/TASK}, factors, rate and norm. */
  public Map<String, Double> scalars() {
    Map<String, Double> scalars = new LinkedHashMap<>();
    scalars.put("train/loss", loss);
    losses.forEach((task, value) -> scalars.put("train/loss/" + task, value));
    factors.forEach((task, value) -> scalars.put("train/factor/" + task, value));
    scalars.put("train/rate", rate);
    scalars.put("train/grad_norm", gradNorm);
    return scalars;
  }
}
