package dev.mtlora.backbone;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A pre-trained network that turns images into a pyramid of feature maps, with the method that
 * adapts it.
 */
public abstract class Backbone extends Module {
  private final BackboneSettings settings;
  private final Adaptation adaptation;
  private final List<String> allTasks;
  private boolean recomputes;

  /**
   * A backbone; subclasses add their layers.
   *
   * @param settings that it is made of
   * @param adaptation the method at work on it
   * @param tasks all tasks of the model, in order
   */
  protected Backbone(BackboneSettings settings, Adaptation adaptation, List<String> tasks) {
    this.settings = settings;
    this.adaptation = child("adaptation", adaptation, Owner.ADDED);
    this.allTasks = List.copyOf(tasks);
  }

  /**
   * A backbone with fresh weights, adapted by a method, in the scope that is open; only what the
   * method says is trained.
   *
   * @param tasks all tasks of the model, in order
   * @param rng source of the initial values
   * @throws IllegalArgumentException if the method does not fit it
   */
  public static Backbone of(
      BackboneSettings settings, AdapterMethod method, List<String> tasks, Rng rng) {
    Adaptation adaptation = method.attach(settings.sites(), List.copyOf(tasks), rng.split());
    Backbone backbone = settings.build(adaptation, tasks, rng);
    backbone
        .parameters()
        .values()
        .forEach(parameter -> parameter.tensor().requiresGrad(adaptation.trains(parameter)));
    return backbone;
  }

  /** What it is made of. */
  public final BackboneSettings settings() {
    return settings;
  }

  /** What pictures it takes. */
  public final Input input() {
    return settings.input();
  }

  /** The levels that {@link #forward} returns, finest first. */
  public final List<FeatureInfo> pyramid() {
    return settings.pyramid();
  }

  /**
   * The pyramid of a batch.
   *
   * @param images normalised, {@code [B, 3, H, W]}, of any size that {@link #input} lets pass
   * @param tasks the tasks to compute; others cost nothing
   * @return one entry per level
   */
  public final List<Level> forward(Tensor images, List<String> tasks) {
    return forward(images, tasks, FeatureTap.NONE);
  }

  /** The same, showing every intermediate feature to a tap. */
  public final List<Level> forward(Tensor images, List<String> tasks, FeatureTap tap) {
    if (images.rank() != 4 || images.size(1) != 3) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a backbone takes images [B, 3, H, W] but got %s",
              Arrays.toString(images.shape())));
    }
    input().requireFit(images.size(2), images.size(3));
    return levels(images, adaptation.needsAllTasks() ? allTasks : tasks, tap);
  }

  /** The pyramid of images that have been checked. */
  protected abstract List<Level> levels(Tensor images, List<String> tasks, FeatureTap tap);

  /**
   * A pass through a block in a scope of its own.
   *
   * @param block computes it, and says what of it can be computed again in a backward pass
   */
  protected final Streams through(Block block, Streams x, Grid grid) {
    Streams from = x.onward();
    return recomputes && training() && block.records(from)
        ? block.recomputed(from, grid)
        : Streams.result(() -> block.forward(from, grid));
  }

  /**
   * Computes its blocks once more in a backward pass instead of keeping what they make: less memory
   * for more time, the same gradients, by {@link Tensor#backward} only. Only while it trains.
   */
  public final void recompute(boolean on) {
    recomputes = on;
  }

  /** True if blocks are computed again in a backward pass. */
  public final boolean recomputes() {
    return recomputes;
  }

  /** Ranks of its low-rank matrices, see {@link Adaptation#ranks}. */
  public final Map<String, Integer> ranks() {
    return adaptation.ranks();
  }

  /** Lets its method see the gradients of a step, see {@link Adaptation#afterBackward}. */
  public final void afterBackward(long step, long stepsPerEpoch) {
    adaptation.afterBackward(step, stepsPerEpoch);
  }

  /** Lets its method shrink parameters, see {@link Adaptation#afterStep}. */
  public final boolean afterStep() {
    return adaptation.afterStep();
  }
}
