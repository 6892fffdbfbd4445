package dev.mtlora.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An interface whose members a configuration names, each with settings of its own.
 *
 * @param type the interface
 * @param key of the name, in the block of the settings; empty if a block lists several, each with
 *     its settings under its name
 * @param members what can be named; several names may be of one class
 * @param usual the name of one that nobody gives; empty if a name must be given
 * @param <T> the interface
 */
public record Plug<T>(Class<T> type, String key, Catalogue<Member<T>> members, String usual) {

  /**
   * What a name stands for.
   *
   * @param type class of the settings, a record
   * @param usual the settings that a configuration starts from; null if it must give some
   * @param <T> the interface
   */
  public record Member<T>(Class<? extends T> type, @Nullable T usual) {}

  /** Whose members are instances with usual settings. */
  public static <T> Plug<T> of(
      Class<T> type, String key, Catalogue<? extends T> catalogue, String usual) {
    Map<String, Member<T>> members = new LinkedHashMap<>();
    catalogue.members().forEach((id, member) -> members.put(id, member(member)));
    return new Plug<>(type, key, new Catalogue<>(catalogue.noun(), members), usual);
  }

  @SuppressWarnings("unchecked")
  private static <T> Member<T> member(T usual) {
    return new Member<>((Class<? extends T>) usual.getClass(), usual);
  }
}
