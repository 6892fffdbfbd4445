package dev.mtlora.peft;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What may be added to {@link MtLora} beyond its paper.
 *
 * @param ranks ranks of single layers, by pattern ({@link RankPatterns})
 * @param rsLora true to divide every scale by the root of its rank (rsLoRA, Kalajdzievski 2023,
 *     arXiv 2312.03732): scales are then alphas, and mean the same at every rank
 * @param pissa true to start the shared matrices as the principal part of W ({@link
 *     Companions.Principal}). Those of tasks start as nothing: W never reads a task's own stream,
 *     so that no part of W could be theirs
 * @param dora true to learn the length of every row of an adapted weight ({@link Magnitudes})
 * @param shrink when and how ranks shrink during training; empty if they don't
 */
public record Variant(
    Map<String, Integer> ranks,
    boolean rsLora,
    boolean pissa,
    boolean dora,
    Optional<RankShrinking> shrink) {
  /** Nothing: MTLoRA as published. */
  public static final Variant PAPER = new Variant(Map.of(), false, false, false, Optional.empty());

  /** Checks the patterns. */
  public Variant {
    ranks = new RankPatterns(ranks).byPattern();
  }

  RankPatterns patterns() {
    return new RankPatterns(ranks);
  }

  /** Magnitudes of rows are learned (MTDoRA), nothing else added. */
  public Variant withDora() {
    return new Variant(ranks, rsLora, pissa, true, shrink);
  }

  /** Ranks shrink. */
  public Variant with(RankShrinking how) {
    return new Variant(ranks, rsLora, pissa, dora, Optional.of(how));
  }

  /** A scale as an update of some rank uses it. */
  double scale(double scale, int rank) {
    return rsLora ? scale / Math.sqrt(Math.max(rank, 1)) : scale;
  }

  /** Fails if the method's other settings don't go together with this. */
  void requireFit(MtLora.Mode mode, MtLora.Scales scales) {
    if (dora && mode != MtLora.Mode.MATRIX && mode != MtLora.Mode.LORA_ONLY) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "dora needs mode matrix or lora_only but mode is %s, where a stream's weight is not"
                  + " W with one update: change one of them",
              mode.name().toLowerCase(Locale.ROOT)));
    }
    if (pissa && scales.scale().values().contains(0.0)) {
      throw new IllegalArgumentException(
          "pissa needs scales other than 0, but scale is " + scales.scale().values());
    }
  }
}
