package dev.mtlora.data;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** The classes of {@link Encoding.Index}: as many as a number, named, or with numbers for each. */
public sealed interface IndexClasses {
  /** How many, 1..255. */
  int count();

  /** Their names, or none. */
  List<String> names();

  /** The numbers in a PNG that stand for each, by its name; the first is class 0. */
  Map<String, List<Integer>> groups();

  /**
   * The numbers 0..count-1.
   *
   * @param count of the classes
   */
  record Count(int count) implements IndexClasses {
    /** Checks the number. */
    public Count {
      check(count);
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public Map<String, List<Integer>> groups() {
      return counted(count);
    }
  }

  /**
   * The numbers from 0 on, in the order of the names.
   *
   * @param names of the classes, all different
   */
  record Names(List<String> names) implements IndexClasses {
    /** Checks the names. */
    public Names {
      names = List.copyOf(names);
      check(names.size());
      Set<String> seen = new HashSet<>();
      for (String name : names) {
        if (!seen.add(name)) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT, "'%s' is there twice: every class needs a name of its own", name));
        }
      }
    }

    @Override
    public int count() {
      return names.size();
    }

    @Override
    public Map<String, List<Integer>> groups() {
      return counted(names.size());
    }
  }

  /**
   * Numbers of one's own.
   *
   * @param groups by name, in the order of the classes
   */
  record Numbers(Map<String, List<Integer>> groups) implements IndexClasses {
    /** Copies the numbers. */
    public Numbers {
      Map<String, List<Integer>> copy = new LinkedHashMap<>();
      groups.forEach((name, numbers) -> copy.put(name, List.copyOf(numbers)));
      groups = Collections.unmodifiableMap(copy);
      check(groups.size());
    }

    @Override
    public int count() {
      return groups.size();
    }

    @Override
    public List<String> names() {
      return List.copyOf(groups.keySet());
    }
  }

  private static void check(int count) {
    if (count < 1 || count > 255) {
      throw new IllegalArgumentException("index labels need 1..255 classes but have " + count);
    }
  }

  private static Map<String, List<Integer>> counted(int count) {
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    IntStream.range(0, count).forEach(i -> groups.put(Integer.toString(i), List.of(i)));
    return groups;
  }
}
