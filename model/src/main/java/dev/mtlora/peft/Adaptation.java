package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import java.util.Map;
import java.util.Optional;

/**
 * A method at work on one backbone: makes the projections, owns what they share, and says which
 * parameters are trained.
 */
public abstract class Adaptation extends Module {
  /** An adaptation; subclasses add what is shared across sites. */
  protected Adaptation() {}

  /** The projection that takes the place of a linear layer. */
  public abstract Projection adapt(Linear base, Site site);

  /** The module to insert at a place; by default none, which costs nothing. */
  public Optional<Insert> insert(Place place) {
    return Optional.empty();
  }

  /**
   * The tokens that a block attends to besides its positions; by default none, which costs nothing.
   */
  public Optional<Prompts> prompts(int stage, int block, long width) {
    return Optional.empty();
  }

  /** True if a parameter of the backbone, or one that the method has added to it, is trained. */
  public abstract boolean trains(Parameter parameter);

  /** True if the model computes at first exactly what the base model computes. */
  public boolean startsAtBase() {
    return true;
  }

  /** True if the shared stream depends on every task, so that none may be left out. */
  public boolean needsAllTasks() {
    return false;
  }

  /**
   * True to end a block as the reference does: a task keeps the residual only if it had forked
   * before the MLP, and all forks are lost if the MLP's output has none.
   */
  public boolean referenceResiduals() {
    return false;
  }

  /**
   * Hears of every training step, after the gradients are there and before the optimiser uses them.
   *
   * @param step number of the step, from 1
   * @param stepsPerEpoch steps in an epoch
   */
  public void afterBackward(long step, long stepsPerEpoch) {}

  /**
   * Hears that the optimiser has made the step; the moment to shrink parameters.
   *
   * @return true if one has shrunk
   */
  public boolean afterStep() {
    return false;
  }

  /**
   * Ranks of all low-rank matrices as they are now, by the {@link RankPatterns pattern} that
   * matches them alone; empty without ranks.
   */
  public Map<String, Integer> ranks() {
    return Map.of();
  }
}
