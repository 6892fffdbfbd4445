package dev.mtlora.spec.bind;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.nn.Catalogue;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Where a value stands, for messages, and what it has from the blocks around it.
 *
 * @param path for instance {@code data.labels.depth}; empty at the top
 * @param reference what the file says of {@code reference}
 * @param elsewhere which block a key belongs to that is in the wrong one
 */
record Place(String path, boolean reference, Keys elsewhere) {
  /** The place of a key. */
  Place at(String key) {
    return new Place(path.isEmpty() ? key : path + "." + key, reference, elsewhere);
  }

  /** The place of an element of a list. */
  Place at(int index) {
    return new Place(path + "[" + index + "]", reference, elsewhere);
  }

  Place with(boolean value) {
    return new Place(path, value, elsewhere);
  }

  boolean isTop() {
    return path.isEmpty();
  }

  /** What to throw for a value of another kind. */
  IllegalArgumentException wrong(String kind, JsonNode node) {
    String value = node.toString();
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s must be %s but is: %s",
            isTop() ? "the file" : path,
            kind,
            value.length() > 200 ? value.substring(0, 200) + " ..." : value));
  }

  /** What to throw for a name that is none of the known ones. */
  IllegalArgumentException unknown(String what, String name, Collection<String> known) {
    if (known.isEmpty()) {
      return new IllegalArgumentException(
          String.format(Locale.ROOT, "%s has no settings, but there is '%s'", path, name));
    }
    String hint = what.equals("key") ? elsewhere.hint(name, path) : "";
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%sunknown %s '%s'%s Known are %s",
            isTop() ? "" : path + ": ",
            what,
            name,
            hint.isEmpty()
                ? String.format(Locale.ROOT, ": did you mean '%s'?", Catalogue.nearest(name, known))
                : hint,
            String.join(", ", List.copyOf(known))));
  }

  /** The place of the block that this key is in. */
  Place parent() {
    int dot = path.lastIndexOf('.');
    return new Place(dot < 0 ? "" : path.substring(0, dot), reference, elsewhere);
  }

  /** The last part of the path. */
  String key() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** A record's own message with the path before it: {@code method.rank must ...}. */
  IllegalArgumentException placed(IllegalArgumentException e, Collection<String> keys) {
    String message = String.valueOf(e.getMessage());
    if (isTop() || message.startsWith(path + ".") || message.startsWith(path + ":")) {
      return e;
    }
    String word = message.split("[^A-Za-z]", 2)[0];
    return new IllegalArgumentException(path + (keys.contains(word) ? "." : ": ") + message, e);
  }
}
