package dev.mtlora.data.multitask;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Struct;

/**
 * Human parts from the PASCAL-Part annotations: a struct {@code anno} whose {@code objects} have a
 * class index, a mask, and parts with name and mask. The 24 parts of a person become 6 groups,
 * painted in the order of the file; other objects, and persons with an empty mask or without parts,
 * leave no trace.
 */
final class PersonParts {
  private static final int PERSON = 15;

  /** The parts of the groups 1 to 6; 0 is background. */
  private static final List<List<String>> GROUPS =
      List.of(
          List.of(
              "head", "hair", "lear", "lebrow", "leye", "mouth", "nose", "rear", "rebrow", "reye"),
          List.of("neck", "torso"),
          List.of("luarm", "ruarm"),
          List.of("llarm", "lhand", "rlarm", "rhand"),
          List.of("luleg", "ruleg"),
          List.of("llleg", "lfoot", "rlleg", "rfoot"));

  private static final Map<String, Integer> GROUP_OF = groupOf();

  private PersonParts() {}

  private static Map<String, Integer> groupOf() {
    Map<String, Integer> groups = new HashMap<>();
    for (int i = 0; i < GROUPS.size(); i++) {
      for (String part : GROUPS.get(i)) {
        groups.put(part, i + 1);
      }
    }
    return groups;
  }

  /**
   * The parts in a file, 0 to 6; a single pixel of 0 if no person in it has parts.
   *
   * @throws DataException if the file is missing or damaged, or a part is unknown
   */
  static Raster read(Path file) {
    return MatFile.read(file, "anno", anno -> painted(((Struct) anno).getStruct("objects"), file));
  }

  private static Raster painted(Struct objects, Path file) {
    Raster out = new Raster(1, 1, 1);
    for (int i = 0; i < objects.getNumElements(); i++) {
      Array parts = objects.get("parts", i);
      boolean person = objects.getMatrix("class_ind", i).getInt(0) == PERSON;
      if (person && parts.getNumElements() > 0 && !empty(objects.getMatrix("mask", i))) {
        out = painted((Struct) parts, out, file);
      }
    }
    return out;
  }

  private static boolean empty(Matrix mask) {
    for (int i = 0; i < mask.getNumElements(); i++) {
      if (mask.getDouble(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static Raster painted(Struct parts, Raster before, Path file) {
    Raster out = before;
    for (int i = 0; i < parts.getNumElements(); i++) {
      Raster mask = MatFile.raster(parts.getMatrix("mask", i));
      if (out.values().length == 1) {
        out = new Raster(mask.height(), mask.width(), 1);
      }
      if (mask.height() != out.height() || mask.width() != out.width()) {
        throw new IllegalArgumentException("the masks of its parts have different sizes");
      }
      paint(out, mask, group(parts.getChar("part_name", i).getString(), file));
    }
    return out;
  }

  private static void paint(Raster out, Raster mask, int group) {
    for (int p = 0; p < mask.values().length; p++) {
      if (mask.values()[p] > 0) {
        out.values()[p] = group;
      }
    }
  }

  private static int group(String part, Path file) {
    Integer group = GROUP_OF.get(part);
    if (group == null) {
      throw new DataException(
          String.format(
                  Locale.ROOT,
                  "%s has a person with the part '%s', which is none of PASCAL-Part's: %s; use the",
                  file,
                  part,
                  GROUPS)
              + " annotations as published");
    }
    return group;
  }
}
