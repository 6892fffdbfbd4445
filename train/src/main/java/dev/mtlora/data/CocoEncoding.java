package dev.mtlora.data;

import dev.mtlora.task.Label;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An encoding of labels in annotation files, whose categories become classes as the numbers of
 * {@link Encoding.Index} do. The number 0 stands for pixels that no annotation covers; they are
 * ignored unless a class has it.
 */
public sealed interface CocoEncoding extends Encoding permits CocoPanoptic, CocoInstances {
  /** The files below the root, with a {@code *} for the folder of a split. */
  List<String> annotations();

  /** The names of categories, or the numbers of the categories of every class. */
  IndexClasses classes();

  /** Numbers of categories that are ignored, or {@code rest} for all that are no class's. */
  Optional<IndexIgnored> ignore();

  @Override
  default Optional<Label> holding(Label label) {
    return new Mask().holding(label);
  }

  @Override
  default OptionalInt classCount() {
    return OptionalInt.of(classes().count());
  }

  /** Checks what both kinds have. */
  static void check(List<String> annotations, IndexClasses classes, Optional<IndexIgnored> ignore) {
    if (annotations.isEmpty()) {
      throw new IllegalArgumentException(
          "annotations must name a file, for instance annotations/instances_*.json");
    }
    if (classes instanceof IndexClasses.Count count) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "classes must be names of categories, or a block with their numbers, but is %d: which"
                  + " categories these are, a count does not say",
              count.count()));
    }
    if (classes instanceof IndexClasses.Numbers) {
      ClassIds.of(classes, ignore);
    }
  }
}
