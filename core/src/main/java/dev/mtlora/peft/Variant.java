package dev.mtlora.peft;

import java.util.Locale;
import java.util.Optional;

/**
 * What may be added to {@link MtLora} beyond its paper.
 *
 * @param ranks ranks of single layers
 * @param rankStabilized true to divide every scale by the root of its rank (rsLoRA, Kalajdzievski
 *     2023, arXiv 2312.03732): scales are then alphas, and mean the same at every rank
 * @param principal true to start the shared matrices as the principal part of W ({@link
 *     Companions.Principal}). Those of tasks start as nothing: W never reads a task's own stream,
 *     so that no part of W could be theirs
 * @param magnitudes true to learn the length of every row of an adapted weight ({@link Magnitudes})
 * @param shrinking when and how ranks shrink during training; empty if they don't
 */
public record Variant(
    RankPatterns ranks,
    boolean rankStabilized,
    boolean principal,
    boolean magnitudes,
    Optional<RankShrinking> shrinking) {
  /** Nothing: MTLoRA as published. */
  public static final Variant PAPER =
      new Variant(RankPatterns.NONE, false, false, false, Optional.empty());

  /** A scale as an update of some rank uses it. */
  double scale(double scale, int rank) {
    return rankStabilized ? scale / Math.sqrt(Math.max(rank, 1)) : scale;
  }

  /** Fails if the method's other settings don't go together with this. */
  void requireFit(MtLora.Mode mode, MtLora.Scales scales) {
    if (magnitudes && mode != MtLora.Mode.MATRIX && mode != MtLora.Mode.LORA_ONLY) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "mtlora.dora needs mode matrix or lora_only but mode is %s, where a stream's weight is not"
                  + " W with one update: change one of them",
              mode.name().toLowerCase(Locale.ROOT)));
    }
    if (principal && scales.shared().contains(0.0)) {
      throw new IllegalArgumentException(
          "mtlora.pissa needs scales other than 0, but mtlora.scales.shared is " + scales.shared());
    }
  }
}
