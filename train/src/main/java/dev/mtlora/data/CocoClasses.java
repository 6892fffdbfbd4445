package dev.mtlora.data;

import dev.mtlora.data.coco.CocoFile;
import dev.mtlora.files.DataException;
import dev.mtlora.loss.Labels;
import dev.mtlora.nn.Catalogue;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which class every category of an annotation file is.
 *
 * @param ids of the categories
 * @param names of the categories by number, for messages
 * @param file for messages
 */
record CocoClasses(ClassIds ids, Map<Integer, String> names, Path file) {
  /**
   * Looks the categories up.
   *
   * @throws DataException if the file has none of a name or number
   */
  static CocoClasses of(CocoEncoding encoding, CocoFile coco) {
    Map<Integer, String> names = coco.categories();
    if (!(encoding.classes() instanceof IndexClasses.Names given)) {
      encoding.classes().groups().values().forEach(ids -> checkKnown(ids, coco));
      return new CocoClasses(
          ClassIds.of(encoding.classes(), encoding.ignore()), names, coco.file());
    }
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (String name : given.names()) {
      List<Integer> ids = names.keySet().stream().filter(id -> name.equals(names.get(id))).toList();
      if (ids.isEmpty()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s has no category '%s': did you mean '%s'? Names are those of its categories, or"
                    + " give their numbers: classes: {%s: [%d]}",
                coco.file(),
                name,
                Catalogue.nearest(name, names.values()),
                name,
                names.keySet().iterator().next()));
      }
      groups.put(name, ids);
    }
    try {
      IndexClasses numbers = new IndexClasses.Numbers(groups);
      return new CocoClasses(ClassIds.of(numbers, encoding.ignore()), names, coco.file());
    } catch (IllegalArgumentException e) { // one that is a class and ignored
      throw new DataException(coco.file() + ": " + e.getMessage(), e);
    }
  }

  private static void checkKnown(List<Integer> ids, CocoFile coco) {
    for (int id : ids) {
      if (id != 0 && !coco.categories().containsKey(id)) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s has no category %d, which a class is to have; its %d categories begin with %s;"
                    + " correct the numbers in classes",
                coco.file(),
                id,
                coco.categories().size(),
                coco.categories().entrySet().iterator().next()));
      }
    }
  }

  /**
   * The class of what nothing covers, or {@link Labels#IGNORE}: that of number 0, unless the file
   * has a category of that number, which is a thing like all others.
   */
  float background() {
    return names.containsKey(0)
        ? Labels.IGNORE
        : ids.classOf().getOrDefault(0, (int) Labels.IGNORE);
  }

  /**
   * The class of a category, or {@link Labels#IGNORE}.
   *
   * @param image for the message
   */
  float of(int category, String image) {
    Integer number = ids.classOf().get(category);
    if (number != null) {
      return number;
    }
    if (!ids.ignoreRest()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: the image %s has the category %d (%s), which no class has; give it to one, or to"
                  + " ignore: [...], or say ignore: rest",
              file,
              image,
              category,
              names.getOrDefault(category, "unknown")));
    }
    return Labels.IGNORE;
  }
}
