package dev.mtlora.backbone;

import dev.mtlora.nn.Streams;

/** Sees intermediate features as they are made; for tests and for people who look inside. */
@FunctionalInterface
public interface FeatureTap {
  /** Sees nothing. */
  FeatureTap NONE = (name, streams) -> {};

  /**
   * Called with {@code patch_embed}, then {@code layers.S.blocks.B} after every block and {@code
   * stage.S} after every stage.
   */
  void see(String name, Streams streams);
}
