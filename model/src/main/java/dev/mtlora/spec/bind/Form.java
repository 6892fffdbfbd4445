package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * How values of one type stand in a tree.
 *
 * @param <T> the type
 */
interface Form<T> {
  /**
   * Reads a value.
   *
   * @param node not null and not missing
   * @param otherwise what the value is where the tree does not say it, for forms that the tree may
   *     give in parts; null if there is no such value
   * @throws IllegalArgumentException with the place, what is there and what was expected
   */
  T read(JsonNode node, Place place, @Nullable T otherwise);

  /** The tree of a value, from which {@link #read} makes an equal one; a null node for none. */
  JsonNode write(T value);

  /** The value of a key that nobody gives, if the type itself has one. */
  default @Nullable T usual() {
    return null;
  }

  /** What a value looks like, for people. */
  String kind();

  /** The same as a JSON schema. */
  JsonNode schema();
}
