package dev.mtlora.backbone;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** A pre-trained network that turns images into a pyramid of feature maps. */
public abstract class Backbone extends Module {
  private boolean recomputes;

  /** A backbone; subclasses add their layers. */
  protected Backbone() {}

  /** The levels that {@link #forward} returns, finest first. */
  public abstract List<FeatureInfo> pyramid();

  /** Side of the square images this backbone takes, in pixels. */
  public abstract int imageSize();

  /**
   * The pyramid of a batch.
   *
   * @param images normalised, {@code [B, 3, H, W]}
   * @param tasks the tasks to compute; others cost nothing
   * @return one entry per level, {@code [B, H/stride * W/stride, channels]} for every stream
   */
  public final List<Streams> forward(Tensor images, List<String> tasks) {
    return forward(images, tasks, FeatureTap.NONE);
  }

  /** The same, showing every intermediate feature to a tap. */
  public abstract List<Streams> forward(Tensor images, List<String> tasks, FeatureTap tap);

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
  public Map<String, Integer> ranks() {
    return Map.of();
  }

  /** Lets its method see the gradients of a step, see {@link Adaptation#afterBackward}. */
  public void afterBackward(long step, long stepsPerEpoch) {}

  /** Lets its method shrink parameters, see {@link Adaptation#afterStep}. */
  public boolean afterStep() {
    return false;
  }
}
