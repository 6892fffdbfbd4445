package dev.mtlora.peft;

/**
 * What may be added to {@link MtLora} beyond its paper.
 *
 * @param ranks ranks of single layers
 */
public record Variant(RankPatterns ranks) {
  /** Nothing: MTLoRA as published. */
  public static final Variant PAPER = new Variant(RankPatterns.NONE);
}
