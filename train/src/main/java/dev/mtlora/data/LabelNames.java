package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.files.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the names of the files in a folder of labels say, of those that begin with the name of an
 * image: how they end.
 */
final class LabelNames {
  private final FolderListing labels;
  private final Set<String> labelled = new TreeSet<>();
  private final Map<String, String> unlabelled = new TreeMap<>(); // with a file that ends so

  /**
   * Looks at all files.
   *
   * @param images all that there are: a name that begins with two ids belongs to the longer one
   */
  LabelNames(FolderListing labels, List<String> images) {
    this.labels = labels;
    NavigableSet<String> ids = new TreeSet<>(images);
    List<String> names = new ArrayList<>(labels.unnamed());
    labels.ids().stream()
        .filter(id -> !ids.contains(id))
        .map(id -> labels.naming().path(id))
        .forEach(names::add);
    names.forEach(name -> add(name, ids));
  }

  private void add(String path, NavigableSet<String> ids) {
    FileNaming before = new FileNaming(labels.naming().prefix(), "");
    String name = before.id(path).orElse(path);
    String id = owner(name, ids);
    if (id == null) {
      return;
    }
    String end = name.substring(id.length());
    if (labels.file(id).isPresent()) {
      labelled.add(end);
    } else {
      unlabelled.putIfAbsent(end, path);
    }
  }

  /** The longest id that a name begins with. */
  private static @Nullable String owner(String name, NavigableSet<String> ids) {
    int length = name.length();
    while (length > 0) {
      String before = ids.floor(name.substring(0, length));
      if (before == null || name.startsWith(before)) {
        return before;
      }
      length = 0;
      while (before.charAt(length) == name.charAt(length)) {
        length++;
      }
    }
    return null;
  }

  /** The endings, for messages; empty if there are none. */
  String endings() {
    Set<String> all = new TreeSet<>(labelled);
    all.addAll(unlabelled.keySet());
    return Printable.some(all);
  }

  /**
   * Fails if images without a label have a file that ends as no file of a labelled one does: such a
   * label is written in another way, or its name is wrong.
   */
  void checkOneWay(String task) {
    Map<String, String> odd = new TreeMap<>(unlabelled);
    odd.keySet().removeAll(labelled);
    if (!odd.isEmpty()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s mixes labels of the task %s with names of different ends: those of most images end"
                  + " with '%s', but others have only such that end with '%s', for instance %s; rename"
                  + " them, put them elsewhere, or correct data.labels.%s.suffix",
              labels.folder(),
              task,
              labels.naming().suffix(),
              Printable.some(odd.keySet()),
              odd.values().iterator().next(),
              task));
    }
  }
}
