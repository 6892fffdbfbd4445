package dev.mtlora.cli;

import dev.mtlora.data.FolderFiles;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the predictions of pictures are named after: the picture without its extension, and with it
 * where two would have one name. Names that differ in case or in how an umlaut is stored are one
 * name to some file systems.
 */
final class OutputNames {
  private OutputNames() {}

  /** A name for each of these files, which have different names themselves. */
  static Map<Path, String> of(List<Path> files) {
    Map<Path, String> names = new LinkedHashMap<>();
    files.forEach(file -> names.put(file, FolderFiles.stem(file)));
    boolean changed = true;
    while (changed) { // a longer name may be the short one of another, as of a.jpg.png
      Map<String, Integer> users = new HashMap<>();
      names.values().forEach(name -> users.merge(key(name), 1, Integer::sum));
      changed = false;
      for (Path file : files) {
        String whole = Optional.ofNullable(file.getFileName()).orElse(file).toString();
        String name = names.get(file);
        if (name != null && !name.equals(whole) && users.getOrDefault(key(name), 0) > 1) {
          names.put(file, whole);
          changed = true;
        }
      }
    }
    return names;
  }

  private static String key(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
  }
}
