package dev.mtlora.data;

import dev.mtlora.files.DataException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The pictures of a folder by id, which is the file name without extension. Ids are compared in
 * Unicode's composed form, since some file systems store an umlaut as two characters.
 */
public final class FolderListing {
  private final FolderFiles listed;
  private final SortedMap<String, Path> files = new TreeMap<>();

  /**
   * Lists the files with one of these extensions.
   *
   * @param extensions lower case, without the dot
   * @throws DataException if there is no such folder, it can't be read, or two files have one id
   */
  public FolderListing(Path folder, Set<String> extensions) {
    listed = FolderFiles.list(folder, extensions);
    listed.files().forEach(this::add);
  }

  private void add(Path file) {
    Path other = files.put(composed(FolderFiles.stem(file)), file);
    if (other != null) {
      throw new DataException(
          String.format(
              Locale.ROOT, "%s and %s would be the same image; rename one of them", other, file));
    }
  }

  /** An id as it is compared. */
  static String composed(String id) {
    return Normalizer.normalize(id, Normalizer.Form.NFC);
  }

  /** The file of an id. */
  public Optional<Path> file(String id) {
    return Optional.ofNullable(files.get(id));
  }

  /** All ids, sorted. */
  public List<String> ids() {
    return List.copyOf(files.keySet());
  }

  /** The files, and what lies beside them. */
  public FolderFiles listed() {
    return listed;
  }

  /** Where the files lie. */
  public Path folder() {
    return listed.folder();
  }
}
