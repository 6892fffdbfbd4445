package dev.mtlora.server;

import dev.mtlora.files.Printable;
import dev.mtlora.server.Refusal.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A request whose body is there.
 *
 * @param parts of the path that a route leaves open, by name
 * @param query values by name
 * @param headers a header's value by its name, if it is there
 * @param body inflated
 * @param entry what it may take of the memory; empty of requests that need none
 * @param ticket its times
 */
record Call(
    Map<String, String> parts,
    Map<String, List<String>> query,
    Function<String, Optional<String>> headers,
    byte[] body,
    Optional<Admission.Entry> entry,
    Ticket ticket) {
  private static final int LONG = 60;

  /** Takes more of the memory. */
  void grow(long bytes) {
    entry.ifPresent(room -> room.grow(bytes));
  }

  /**
   * Does something with a model and counts it among what that has done.
   *
   * @throws Refusal if there is none of that name, or it is not loaded
   */
  <T> T using(ModelStore store, String name, Function<ModelStore.Lease, T> work) {
    try (ModelStore.Lease lease = store.use(name)) {
      ticket.uses(name);
      boolean good = false;
      try {
        T answer = work.apply(lease);
        good = true;
        return answer;
      } finally {
        ticket.done(Ticket.Phase.ENCODE);
        lease.stats().onAnswer(ticket, good);
      }
    }
  }

  /** A part of the path. */
  String part(String name) {
    return parts.getOrDefault(name, "");
  }

  /** A value of the query; empty if it is not there. */
  Optional<String> value(String name) {
    List<String> values = query.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw Refusal.bad("the query has '%s' %d times; say it once", name, values.size());
    }
    return values.stream().findFirst();
  }

  /** Fails if the query has other names. */
  void requireOnly(Set<String> names) {
    for (String name : query.keySet()) {
      if (!names.contains(name)) {
        throw Refusal.bad(
            "the query has '%s', which is none of %s", brief(name), String.join(", ", names));
      }
    }
  }

  /** The time that the query gives it, in milliseconds. */
  void heedTimeout(String name) {
    value(name)
        .ifPresent(
            text -> {
              if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < 1) {
                throw Refusal.bad(
                    "%s must be milliseconds, 1 to 999999999, but is '%s'", name, brief(text));
              }
              ticket.within(Duration.ofMillis(Integer.parseInt(text)));
            });
  }

  /** Fails if the model has other versions only: there is one, {@code 1}. */
  void requireVersion() {
    requireVersion(parts.getOrDefault("version", "1"));
  }

  /** The same of one that is said elsewhere. */
  static void requireVersion(String version) {
    if (!version.equals("1")) {
      throw new Refusal(Kind.NOT_FOUND, "the model has no version '%s', only '1'", brief(version));
    }
  }

  /** A text of a client as messages may have it. */
  static String brief(String text) {
    String shown = Printable.of(text);
    return shown.length() <= LONG ? shown : shown.substring(0, LONG) + "...";
  }

  /** One of an enum's names, in small letters. */
  static <E extends Enum<E>> E one(Class<E> of, String what, String text) {
    for (E value : of.getEnumConstants()) {
      if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
        return value;
      }
    }
    List<String> names =
        List.of(of.getEnumConstants()).stream()
            .map(value -> value.name().toLowerCase(Locale.ROOT))
            .toList();
    throw Refusal.bad("%s must be one of %s but is '%s'", what, names, brief(text));
  }
}
