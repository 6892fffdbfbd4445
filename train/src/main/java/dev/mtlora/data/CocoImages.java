package dev.mtlora.data;

import dev.mtlora.data.coco.CocoFile;
import dev.mtlora.files.DataException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The images of annotation files by the id that they have in the dataset.
 *
 * @param byId what is written of each
 */
record CocoImages(Map<String, Annotated> byId) {
  /**
   * An image in one of the files.
   *
   * @param coco the file
   * @param classes of its categories
   * @param image what it says of the image
   */
  record Annotated(CocoFile coco, CocoClasses classes, CocoFile.Image image) {}

  /**
   * Reads the files.
   *
   * @throws DataException if one is wrong, or names a picture that is not there
   */
  static CocoImages of(
      CocoEncoding encoding, FolderSettings settings, FolderListing images, Split split) {
    Map<String, Annotated> found = new LinkedHashMap<>();
    for (String name : encoding.annotations()) {
      CocoFile coco = CocoFile.read(settings.file(name, split));
      CocoClasses classes = CocoClasses.of(encoding, coco);
      String prefix = settings.prefix(split);
      boolean ofSplit = name.contains("*"); // else of all of them, whose folders names begin with
      for (CocoFile.Image image : coco.images()) {
        if (ofSplit || image.name().startsWith(prefix)) {
          String id =
              id(image.name().replaceFirst("^" + Pattern.quote(prefix), ""), images, image, coco);
          if (found.put(id, new Annotated(coco, classes, image)) != null) {
            throw twice(coco, image);
          }
        }
      }
    }
    return new CocoImages(found);
  }

  private static DataException twice(CocoFile coco, CocoFile.Image image) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s names the picture %s, which is annotated already; remove one of the entries",
            coco.file(),
            image.name()));
  }

  /** An image that is annotated. */
  Annotated of(String id) {
    return Objects.requireNonNull(byId.get(id));
  }

  private static String id(String path, FolderListing images, CocoFile.Image image, CocoFile coco) {
    int dot = path.lastIndexOf('.');
    String stem =
        FolderListing.composed(dot > path.lastIndexOf('/') ? path.substring(0, dot) : path);
    String id = images.naming().id(stem).orElse(stem);
    if (images.file(id).isEmpty()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s names the picture %s (image %s), but there is none of that name in %s; add it, remove"
                  + " its entry, or correct the folder of the images",
              coco.file(),
              image.name(),
              image.id(),
              images.folder()));
    }
    return id;
  }
}
