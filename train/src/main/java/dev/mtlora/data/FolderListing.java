package dev.mtlora.data;

import dev.mtlora.files.DataException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The pictures of a folder by id, which is the file name without extension, and without what a
 * {@link FileNaming} says stands around it; of a picture in a folder below, with the folder and a
 * slash before it. Ids are compared in Unicode's composed form, since some file systems store an
 * umlaut as two characters.
 */
public final class FolderListing {
  /** Folders below one another that are listed, so that links cannot lead on for ever. */
  static final int MOST_LEVELS = 8;

  private final FolderFiles listed;
  private final FileNaming naming;
  private final SortedMap<String, Path> files = new TreeMap<>();
  private final List<String> unnamed = new ArrayList<>();

  /**
   * Lists the files with one of these extensions.
   *
   * @param extensions lower case, without the dot
   * @throws DataException if there is no such folder, it can't be read, or two files have one id
   */
  public FolderListing(Path folder, Set<String> extensions) {
    this(folder, extensions, FileNaming.PLAIN, false);
  }

  /**
   * The same of files with other names than the ids.
   *
   * @param subfolders true if the files may lie in folders below
   */
  FolderListing(Path folder, Set<String> extensions, FileNaming naming, boolean subfolders) {
    this.naming = naming;
    listed = FolderFiles.list(folder, extensions, subfolders ? MOST_LEVELS : 1);
    listed.files().forEach(this::add);
  }

  private void add(Path file) {
    StringBuilder path = new StringBuilder();
    Path below = listed.folder().relativize(file);
    for (int i = 0; i < below.getNameCount() - 1; i++) {
      path.append(below.getName(i)).append('/');
    }
    String name = composed(path.append(FolderFiles.stem(file)).toString());
    Optional<String> id = naming.id(name);
    if (id.isEmpty()) {
      unnamed.add(name);
      return;
    }
    Path other = files.put(id.get(), file);
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

  /** The files that are named in another way, with their folders, without extension. */
  List<String> unnamed() {
    return unnamed;
  }

  /** How the files are named. */
  FileNaming naming() {
    return naming;
  }

  /**
   * Fails if there are no photographs.
   *
   * @throws DataException that says what else there is
   */
  FolderListing orNone() {
    listed.orNone();
    if (files.isEmpty()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "the folder %s holds %d pictures, but none whose name begins with '%s' and ends with '%s',"
                  + " for instance %s; correct imagePrefix and imageSuffix",
              folder(),
              unnamed.size(),
              naming.prefix(),
              naming.suffix(),
              unnamed.get(0)));
    }
    return this;
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
