package dev.mtlora.peft;

import dev.mtlora.tensor.Rng;
import java.util.List;
import java.util.Map;

/**
 * A way to adapt a pre-trained backbone to several tasks. Implementations are records of settings
 * that check themselves; everything that holds weights is in the {@link Adaptation} they make.
 */
public interface AdapterMethod {
  /**
   * Checks what the record itself cannot: whether the settings fit a backbone and its tasks. Makes
   * nothing, so that reading a configuration can ask.
   *
   * @param sites all linear layers that can be adapted, in order
   * @param tasks task names, in order
   * @throws IllegalArgumentException if they don't
   */
  default void check(List<Site> sites, List<String> tasks) {}

  /**
   * Prepares the adaptation of one backbone.
   *
   * @param sites all linear layers that can be adapted, in order
   * @param tasks task names, in order
   * @param rng source of the initial values
   * @throws IllegalArgumentException as {@link #check} does
   */
  Adaptation attach(List<Site> sites, List<String> tasks, Rng rng);

  /**
   * Ranks by stage, for people: of {@code shared} and of every task; empty without ranks.
   *
   * @param sites all linear layers that can be adapted
   * @param tasks task names, in order
   */
  default Map<String, List<Integer>> rankTable(List<Site> sites, List<String> tasks) {
    return Map.of();
  }
}
