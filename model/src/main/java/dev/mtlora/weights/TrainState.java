package dev.mtlora.weights;

import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Everything that training needs to go on as if it had never stopped. Random numbers are functions
 * of (seed, step), so the seed is all of their state.
 *
 * @param step optimiser steps made
 * @param epoch epoch of the next batch, from 0
 * @param batch position of the next batch in that epoch, from 0
 * @param seed of the run
 * @param optimizerSteps updates made, by parameter name
 * @param model parameters and buffers, by name
 * @param optimizer the optimiser's moments, by name
 * @param unlearnt tasks none of whose pixels has had a label yet, in no step
 * @param history evaluations so far, as a JSON array
 * @param config the run's configuration, as a JSON object
 * @param version of the code that made the state
 */
public record TrainState(
    long step,
    int epoch,
    int batch,
    long seed,
    Map<String, Long> optimizerSteps,
    Map<String, Tensor> model,
    Map<String, Tensor> optimizer,
    List<String> unlearnt,
    String history,
    String config,
    String version) {

  /**
   * Keeps copies of the maps, in their order; the tensors are not copied.
   *
   * @throws IllegalArgumentException if a count is negative, or if step and epoch are not what the
   *     optimiser has counted: every step updates something, and every epoch has a step
   */
  public TrainState {
    if (step < 0 || epoch < 0 || batch < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a training state needs counts of at least 0 but has step %d, epoch %d, batch %d",
              step,
              epoch,
              batch));
    }
    long updates = optimizerSteps.values().stream().mapToLong(Long::longValue).max().orElse(step);
    if (updates != step || epoch > step) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a training state at step %d, epoch %d cannot have an optimiser that made %d steps",
              step,
              epoch,
              updates));
    }
    optimizerSteps = new LinkedHashMap<>(optimizerSteps);
    model = new LinkedHashMap<>(model);
    optimizer = new LinkedHashMap<>(optimizer);
    unlearnt = List.copyOf(unlearnt);
  }

  /** The same state, saying which configuration and code it comes from. */
  public TrainState from(String configJson, String codeVersion) {
    return new TrainState(
        step,
        epoch,
        batch,
        seed,
        optimizerSteps,
        model,
        optimizer,
        unlearnt,
        history,
        configJson,
        codeVersion);
  }
}
