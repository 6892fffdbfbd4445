package dev.mtlora.nn;

import java.util.Optional;

/**
 * Whose a parameter is.
 *
 * @param part of the model
 * @param task the one task that it serves; empty if it serves all
 */
public record Owner(Part part, Optional<String> task) {
  /** The blocks of the pre-trained backbone, and all in it that is of no other part. */
  public static final Owner BLOCKS = new Owner(Part.BLOCKS, Optional.empty());

  /** What embeds the patches of the image. */
  public static final Owner PATCHES = new Owner(Part.PATCHES, Optional.empty());

  /** What reduces the channels between two stages. */
  public static final Owner REDUCTIONS = new Owner(Part.REDUCTIONS, Optional.empty());

  /** What a method has added for all tasks. */
  public static final Owner ADDED = new Owner(Part.ADDED, Optional.empty());

  /** What all heads share. */
  public static final Owner HEADS = new Owner(Part.HEAD, Optional.empty());

  /** Parts of a model. */
  public enum Part {
    /** Of the pre-trained backbone: what embeds the patches of the image. */
    PATCHES,
    /** Of the pre-trained backbone: all but the patches and the reductions. */
    BLOCKS,
    /** Of the pre-trained backbone: what reduces the channels between two stages. */
    REDUCTIONS,
    /** Added to the backbone by a method. */
    ADDED,
    /** A neck or a decoder. */
    HEAD
  }

  /** What a method has added for one task. */
  public static Owner added(String task) {
    return new Owner(Part.ADDED, Optional.of(task));
  }

  /** Of one task's head. */
  public static Owner head(String task) {
    return new Owner(Part.HEAD, Optional.of(task));
  }

  /** True if it is of the pre-trained backbone. */
  public boolean isBase() {
    return part == Part.PATCHES || part == Part.BLOCKS || part == Part.REDUCTIONS;
  }

  /** True if a method has added it. */
  public boolean isAdded() {
    return part == Part.ADDED;
  }

  /** True if it is of a neck or a decoder. */
  public boolean isHead() {
    return part == Part.HEAD;
  }
}
