package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.PngSamples;
import dev.mtlora.image.Raster;
import dev.mtlora.loss.Labels;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which class every number in an index PNG stands for. Several numbers may be one class; no number
 * may be two.
 *
 * @param classOf the class of a number, or {@link Labels#IGNORE}; 255 is ignored unless it is here
 * @param ignoreRest true if every other number is ignored too; else it is an error
 */
public record ClassIds(Map<Integer, Integer> classOf, boolean ignoreRest) {
  private static final int LARGEST = 65535; // of 16 bits
  private static final int NONE = -1;

  /** Copies the map. */
  public ClassIds {
    classOf = Map.copyOf(classOf);
  }

  /** Every number is the class of that number. */
  public static ClassIds plain(int classes) {
    Map<Integer, Integer> same = new HashMap<>();
    IntStream.range(0, classes).forEach(id -> same.put(id, id));
    return new ClassIds(same, false);
  }

  /** Those of an encoding. */
  static ClassIds of(IndexClasses classes, Optional<IndexIgnored> ignored) {
    if (ignored.isEmpty() && !(classes instanceof IndexClasses.Numbers)) {
      return plain(classes.count());
    }
    List<Integer> numbers =
        ignored.orElse(null) instanceof IndexIgnored.Numbers some ? some.numbers() : List.of();
    boolean rest = ignored.orElse(null) instanceof IndexIgnored.Others;
    return of(classes.groups(), numbers, rest);
  }

  /**
   * Groups of numbers.
   *
   * @param groups the numbers of every class, by name; the first is class 0
   * @param ignored numbers to ignore
   * @param ignoreRest true to ignore all further ones
   * @throws IllegalArgumentException if a number is none of a PNG, or stands in two places
   */
  public static ClassIds of(
      Map<String, List<Integer>> groups, List<Integer> ignored, boolean ignoreRest) {
    Map<Integer, Integer> classOf = new TreeMap<>();
    Map<Integer, String> owner = new HashMap<>();
    int next = 0;
    for (Map.Entry<String, List<Integer>> group : groups.entrySet()) {
      claim(group.getValue(), next++, "class " + group.getKey(), classOf, owner);
    }
    claim(ignored, (int) Labels.IGNORE, "ignore", classOf, owner);
    return new ClassIds(classOf, ignoreRest);
  }

  private static void claim(
      List<Integer> ids,
      int number,
      String by,
      Map<Integer, Integer> classOf,
      Map<Integer, String> owner) {
    for (int id : ids) {
      if (id < 0 || id > LARGEST) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s has the number %d, but those in a PNG are 0..%d",
                by,
                id,
                LARGEST));
      }
      String other = owner.put(id, by);
      if (other != null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the number %d is given twice, by %s and by %s; every number belongs to one place",
                id,
                other,
                by));
      }
      classOf.put(id, number);
    }
  }

  /**
   * The label that the numbers of a PNG make.
   *
   * @param reduceZero true if 0 and 255 are ignored, and other numbers are one more
   * @throws DataException for a number that belongs to no class
   */
  Raster apply(PngSamples png, boolean reduceZero) {
    int[] table = reduceZero ? reduced(table(png.max())) : table(png.max());
    float[] numbers = png.values().values();
    Raster out = new Raster(png.values().height(), png.values().width(), 1);
    for (int i = 0; i < numbers.length; i++) {
      int number = table[(int) numbers[i]];
      if (number == NONE) {
        throw png.outOfRange(i, expected(reduceZero));
      }
      out.values()[i] = number;
    }
    return out;
  }

  /** The table of numbers that are one more. */
  private static int[] reduced(int[] table) {
    int[] more = new int[table.length];
    System.arraycopy(table, 0, more, 1, table.length - 1);
    more[0] = (int) Labels.IGNORE;
    if (more.length > Labels.IGNORE) {
      more[(int) Labels.IGNORE] = (int) Labels.IGNORE;
    }
    return more;
  }

  private int[] table(int max) {
    int[] table = new int[max + 1];
    Arrays.fill(table, ignoreRest ? (int) Labels.IGNORE : NONE);
    if (max >= Labels.IGNORE) {
      table[(int) Labels.IGNORE] = (int) Labels.IGNORE;
    }
    classOf.forEach(
        (id, number) -> {
          if (id <= max) {
            table[id] = number;
          }
        });
    return table;
  }

  private String expected(boolean reduceZero) {
    int size = classOf.size();
    if (reduceZero && equals(plain(size))) {
      return String.format(
          Locale.ROOT,
          "classes are 1..%d with reduceZero, and 0 and 255 are ignored; correct the label or the number"
              + " of classes",
          size);
    }
    return equals(plain(size))
        ? String.format(
            Locale.ROOT,
            "classes are 0..%d, and 255 is ignored; correct the label or the number of classes",
            size - 1)
        : "no class has that number; give it to one, or to ignore: [...], or say ignore: rest";
  }
}
