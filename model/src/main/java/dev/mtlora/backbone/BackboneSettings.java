package dev.mtlora.backbone;

import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import java.util.List;
import java.util.Locale;

/**
 * The plug of backbones: the shape of one, and what makes it. Implementations are records that
 * check themselves.
 */
public interface BackboneSettings {
  /** What pictures it takes. */
  Input input();

  /** The levels of its pyramid, finest first; one per stage. */
  List<FeatureInfo> pyramid();

  /** All linear layers that a method can adapt, in the order in which they are made. */
  List<Site> sites();

  /**
   * The backbone with fresh weights, in the scope that is open; {@link Backbone#of} is the way to
   * make one.
   *
   * @param adaptation the method at work on it
   * @param tasks all tasks of the model, in order
   * @param rng source of the initial values
   */
  Backbone build(Adaptation adaptation, List<String> tasks, Rng rng);

  /** What files call its tensors. */
  Names names();

  /** Stages, which is also how many levels its pyramid has. */
  default int stages() {
    return pyramid().size();
  }

  /** Fails for what is no rate of drop path. */
  static void requireDropPath(double dropPath) {
    if (!(dropPath >= 0 && dropPath < 1)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "dropPath must be at least 0 and below 1 but is %s", dropPath));
    }
  }

  /** The rate of drop path of a block, which grows linearly from 0 at the first to the last's. */
  static double dropPath(double last, List<Integer> depths, int stage, int block) {
    int before = depths.subList(0, stage).stream().mapToInt(Integer::intValue).sum();
    int blocks = depths.stream().mapToInt(Integer::intValue).sum();
    return blocks == 1 ? 0 : last * (before + block) / (blocks - 1);
  }
}
