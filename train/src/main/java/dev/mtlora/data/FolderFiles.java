package dev.mtlora.data;

import dev.mtlora.files.DataException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of a folder that are pictures, told by the ends of their names. Names that begin with a
 * dot are none: other systems leave such files beside pictures ({@code ._a.jpg} beside {@code
 * a.jpg}).
 *
 * @param folder where they lie
 * @param files that are read, by name, and where a name has numbers by these
 * @param others pictures of other kinds, in the same order
 * @param unread why folders below it could not be listed, in the order of their names
 */
public record FolderFiles(
    Path folder, List<Path> files, List<Path> others, List<DataException> unread) {
  /** What the names of photographs end with. */
  public static final Set<String> PHOTOGRAPHS =
      Set.of("jpg", "jpeg", "png", "bmp", "tif", "tiff", "webp");

  /** The same for messages. */
  public static final String PHOTOGRAPH_KINDS = ".jpg, .jpeg, .png, .bmp, .tif, .tiff or .webp";

  private static final Set<String> PICTURES =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "tif", "tiff", "gif", "heic", "heif",
          "avif", "jp2", "jxl", "pgm", "ppm", "exr", "dng");

  /** Copies the lists. */
  public FolderFiles {
    files = List.copyOf(files);
    others = List.copyOf(others);
    unread = List.copyOf(unread);
  }

  /**
   * Lists a folder.
   *
   * @param extensions of the files that are read, lower case, without the dot
   * @throws DataException if there is no such folder, or it can't be read
   */
  public static FolderFiles list(Path folder, Set<String> extensions) {
    return list(folder, extensions, 1);
  }

  /**
   * Lists a folder and those below it, up to {@link FolderListing#MOST_LEVELS} deep. A folder below
   * that cannot be listed, or is a link that leads in a circle, is left out and told by {@link
   * #unread}.
   *
   * @throws DataException as {@link #list}
   */
  public static FolderFiles below(Path folder, Set<String> extensions) {
    return found(folder, extensions, FolderListing.MOST_LEVELS);
  }

  /** The order of files by their names below a folder, and where these have numbers by them. */
  public static Comparator<Path> byName(Path folder) {
    return Comparator.comparing(file -> folder.relativize(file).toString(), new NaturalOrder());
  }

  /**
   * Lists a folder and those in it.
   *
   * @param levels how deep; 1 for the folder alone
   * @throws DataException if one of them can't be read, or a link leads in a circle
   */
  static FolderFiles list(Path folder, Set<String> extensions, int levels) {
    FolderFiles found = found(folder, extensions, levels);
    if (!found.unread().isEmpty()) {
      throw found.unread().get(0);
    }
    return found;
  }

  private static FolderFiles found(Path folder, Set<String> extensions, int levels) {
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
    Walk walk = new Walk(extensions);
    walk.folder(folder, levels);
    return walk.found(folder);
  }

  /** What is found on the way through folders; a folder below that fails harms no other. */
  private static final class Walk {
    private final Set<String> extensions;
    private final List<Path> files = new ArrayList<>();
    private final List<Path> others = new ArrayList<>();
    private final SortedMap<Path, DataException> unread = new TreeMap<>();

    Walk(Set<String> extensions) {
      this.extensions = extensions;
    }

    void folder(Path folder, int levels) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
        for (Path entry : stream) {
          String extension = extension(name(entry));
          if (extensions.contains(extension)) {
            files.add(entry);
          } else if (PICTURES.contains(extension)) {
            others.add(entry);
          }
          if (levels > 1 && !name(entry).startsWith(".")) {
            below(folder, entry, levels - 1);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        throw new DataException(
            String.format(
                Locale.ROOT, "the folder %s could not be read (%s); check permissions", folder, e),
            e);
      }
    }

    private void below(Path folder, Path entry, int levels) {
      try {
        if (Files.isDirectory(entry)) {
          checkNoCircle(folder, entry);
          folder(entry, levels);
        } else if (!Files.exists(entry) && !Files.notExists(entry)) { // nobody knows
          unread.put(
              folder,
              new DataException(
                  String.format(
                      Locale.ROOT,
                      "what lies in the folder %s cannot be looked at; check permissions",
                      folder)));
        }
      } catch (DataException e) {
        unread.put(entry, e);
      }
    }

    FolderFiles found(Path folder) {
      files.sort(byName(folder));
      others.sort(byName(folder));
      return new FolderFiles(folder, files, others, List.copyOf(unread.values()));
    }
  }

  private static void checkNoCircle(Path folder, Path entry) {
    try {
      if (Files.isSymbolicLink(entry) && folder.toRealPath().startsWith(entry.toRealPath())) {
        throw new DataException(
            entry + " is a symbolic link to a folder that it lies in, a circle; remove the link");
      }
    } catch (IOException e) {
      throw new DataException(
          String.format(Locale.ROOT, "the link %s could not be followed (%s)", entry, e), e);
    }
  }

  private static String extension(String name) {
    int dot = name.lastIndexOf('.');
    return name.startsWith(".") ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  private static String name(Path file) {
    return Optional.ofNullable(file.getFileName()).orElseThrow().toString();
  }

  /** The name of a file without its extension. */
  public static String stem(Path file) {
    String name = name(file);
    int dot = name.lastIndexOf('.');
    return dot < 1 ? name : name.substring(0, dot);
  }

  /**
   * Fails if there are no photographs.
   *
   * @throws DataException that says what else there is
   */
  public FolderFiles orNone() {
    return orNone(
        "check the name of the image folder; if they lie in folders below it, say subfolders: true");
  }

  /**
   * The same.
   *
   * @param cure what to do where there is no picture of any kind
   */
  public FolderFiles orNone(String cure) {
    if (!files.isEmpty()) {
      return this;
    }
    throw new DataException(
        String.format(Locale.ROOT, "the folder %s holds no %s file", folder, PHOTOGRAPH_KINDS)
            + (others.isEmpty()
                ? "; " + cure
                : String.format(
                    Locale.ROOT,
                    " but %d pictures of other kinds, for instance %s: convert them to PNG or JPEG",
                    others.size(),
                    others.get(0).getFileName())));
  }
}
