package dev.mtlora.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
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
  private final Path folder;
  private final SortedMap<String, Path> files = new TreeMap<>();

  /**
   * Lists the files with one of these extensions.
   *
   * @param extensions lower case, without the dot
   * @throws DataException if there is no such folder, it can't be read, or two files have one id
   */
  public FolderListing(Path folder, Set<String> extensions) {
    this.folder = folder;
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          Files.isSymbolicLink(folder)
              ? String.format(
                  Locale.ROOT,
                  "the folder %s is a symbolic link that leads nowhere or in a circle; correct the link",
                  folder)
              : String.format(
                  Locale.ROOT,
                  "the folder %s does not exist; check the root and the folder's name",
                  folder));
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(file -> add(file, extensions));
    } catch (IOException e) {
      throw new DataException(
          String.format(Locale.ROOT, "the folder %s could not be read (%s)", folder, e), e);
    }
  }

  private void add(Path file, Set<String> extensions) {
    String name = Optional.ofNullable(file.getFileName()).orElseThrow().toString();
    int dot = name.lastIndexOf('.');
    if (dot < 1 || !extensions.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT))) {
      return;
    }
    Path other = files.put(composed(name.substring(0, dot)), file);
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

  /** Where the files lie. */
  public Path folder() {
    return folder;
  }
}
