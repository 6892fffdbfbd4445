package dev.mtlora.cli;

import dev.mtlora.run.ConfigException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the predictions of pictures are named after: the picture with its folders and without its
 * extension, and with it where two would have one name. Names that differ in case or in how an
 * umlaut is stored are one name to some file systems.
 */
final class OutputNames {
  private OutputNames() {}

  /**
   * A name for each file.
   *
   * @param files with their whole names below what was asked for
   * @throws ConfigException if two have the same whole name
   */
  static Map<Path, String> of(Map<Path, String> files) {
    Map<String, Path> wholes = new HashMap<>();
    files.forEach(
        (file, whole) -> {
          Path other = wholes.put(key(whole), file);
          if (other != null) {
            throw new ConfigException(
                String.format(
                    Locale.ROOT,
                    "predictions of %s and %s would have the same name; name the folder that both lie"
                        + " below, or predict them one after the other into two folders",
                    other,
                    file));
          }
        });
    Map<Path, String> names = new LinkedHashMap<>();
    files.forEach((file, whole) -> names.put(file, stem(whole)));
    boolean changed = true;
    while (changed) { // a longer name may be the short one of another, as of a.jpg.png
      Map<String, Integer> users = new HashMap<>();
      names.values().forEach(name -> users.merge(key(name), 1, Integer::sum));
      changed = false;
      for (Map.Entry<Path, String> named : names.entrySet()) {
        String whole = files.getOrDefault(named.getKey(), named.getValue());
        if (!named.getValue().equals(whole) && users.getOrDefault(key(named.getValue()), 0) > 1) {
          named.setValue(whole);
          changed = true;
        }
      }
    }
    return names;
  }

  private static String stem(String whole) {
    int dot = whole.lastIndexOf('.');
    return dot <= whole.lastIndexOf('/') + 1 ? whole : whole.substring(0, dot);
  }

  private static String key(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
  }
}
