package dev.mtlora.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One evaluation during training.
 *
 * @param step optimiser steps made before it
 * @param epoch whole epochs made before it
 * @param scores what the model scored
 */
public record Evaluation(long step, int epoch, Scores scores) {
  /** All numbers by name: {@code val/TASK/SCORE}. */
  public Map<String, Double> scalars() {
    Map<String, Double> scalars = new LinkedHashMap<>();
    scores
        .tasks()
        .forEach(
            (task, of) ->
                of.values().forEach((name, v) -> scalars.put("val/" + task + "/" + name, v)));
    return scalars;
  }
}
