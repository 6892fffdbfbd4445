package dev.mtlora.data;

import java.util.List;
import java.util.Optional;

/**
 * RGB PNGs of segments, each a number R + 256 G + 65536 B, whose categories stand in an annotation
 * file, which also names the PNG of every image.
 *
 * @param annotations files below the root; a {@code *} stands for the folder of a split, for
 *     instance {@code annotations/panoptic_*.json}
 * @param classes names of categories, or the numbers of the categories of every class; 0 is what no
 *     segment covers
 * @param ignore numbers of categories that are ignored besides 0, or {@code rest} for all that are
 *     no class's
 */
public record CocoPanoptic(
    List<String> annotations, IndexClasses classes, Optional<IndexIgnored> ignore)
    implements CocoEncoding {
  /** Checks the classes. */
  public CocoPanoptic {
    annotations = List.copyOf(annotations);
    CocoEncoding.check(annotations, classes, ignore);
  }
}
