package dev.mtlora.data;

import java.util.List;
import java.util.Optional;

/**
 * Polygons and runs of the things in every image, in an annotation file without any picture of
 * labels. Where things overlap, the smaller one lies on top.
 *
 * @param annotations files below the root; a {@code *} stands for the folder of a split, for
 *     instance {@code annotations/instances_*.json}
 * @param classes their names, or the numbers of each; of {@code index} also how many there are, of
 *     {@code colours} the colours of each; of {@code coco_...} these are categories, and 0 is what
 *     nothing covers
 * @param ignore numbers, of {@code colours} colours, that are ignored besides 255, or {@code rest}
 *     for all that are no class's
 */
public record CocoInstances(
    List<String> annotations, IndexClasses classes, Optional<IndexIgnored> ignore)
    implements CocoEncoding {
  /** Checks the classes. */
  public CocoInstances {
    annotations = List.copyOf(annotations);
    CocoEncoding.check(annotations, classes, ignore);
  }
}
