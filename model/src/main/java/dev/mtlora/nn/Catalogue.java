package dev.mtlora.nn;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * The named members of one plug: what a configuration can ask for by id.
 *
 * @param noun what the members are, for messages: "decoder"
 * @param members by id, in the order in which they are listed
 * @param <T> what an id stands for
 */
public record Catalogue<T>(String noun, Map<String, T> members) {
  /** Keeps a copy. */
  public Catalogue {
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  /**
   * The members of the house, and behind them those of every {@link Extension} that there is.
   *
   * @param plug what all of them are
   * @throws IllegalStateException if an extension has a member that is no such thing, or of a name
   *     that is taken
   */
  public static <T> Catalogue<T> extended(String noun, Class<T> plug, Map<String, T> house) {
    Map<String, T> all = new LinkedHashMap<>(house);
    for (Extension extension :
        ServiceLoader.load(Extension.class, Catalogue.class.getClassLoader())) {
      extension
          .members(plug)
          .forEach(
              (id, member) -> {
                if (!plug.isInstance(member) || all.putIfAbsent(id, plug.cast(member)) != null) {
                  throw new IllegalStateException(
                      String.format(
                          Locale.ROOT,
                          "the %s '%s' of %s is %s; it must be a %s under a name of its own",
                          noun,
                          id,
                          extension.getClass().getName(),
                          plug.isInstance(member) ? "there already" : "a " + member.getClass(),
                          plug.getName()));
                }
              });
    }
    return new Catalogue<>(noun, all);
  }

  /**
   * The member with this id.
   *
   * @throws IllegalArgumentException if there is none; the message proposes the nearest id
   */
  public T of(String id) {
    T member = members.get(id);
    if (member == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "unknown %s '%s': did you mean '%s'? Known: %s",
              noun,
              id,
              nearest(id, members.keySet()),
              String.join(", ", ids())));
    }
    return member;
  }

  /** All ids, in the order in which they are listed. */
  public List<String> ids() {
    return List.copyOf(members.keySet());
  }

  /**
   * The known name that takes the fewest edits to reach, for "did you mean"; the first of equals.
   */
  public static String nearest(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> edits(name, candidate)))
        .orElseThrow(() -> new IllegalArgumentException("no names are known"));
  }

  /** Insertions, deletions and substitutions between two names, case aside (Levenshtein 1966). */
  private static int edits(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
