package dev.mtlora.data;

import dev.mtlora.files.DataException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The files of a folder that are pictures, told by the ends of their names. Names that begin with a
 * dot are none: other systems leave such files beside pictures ({@code ._a.jpg} beside {@code
 * a.jpg}).
 *
 * @param folder where they lie
 * @param files that are read, by name, and where a name has numbers by these
 * @param others pictures of other kinds, in the same order
 */
public record FolderFiles(Path folder, List<Path> files, List<Path> others) {
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
   * Lists a folder and those below it, up to {@link FolderListing#MOST_LEVELS} deep.
   *
   * @throws DataException as {@link #list}, or if a link leads in a circle
   */
  public static FolderFiles below(Path folder, Set<String> extensions) {
    return list(folder, extensions, FolderListing.MOST_LEVELS);
  }

  /** The order of files by their names below a folder, and where these have numbers by them. */
  public static Comparator<Path> byName(Path folder) {
    return Comparator.comparing(file -> folder.relativize(file).toString(), new NaturalOrder());
  }

  /**
   * Lists a folder and those in it.
   *
   * @param levels how deep; 1 for the folder alone
   */
  static FolderFiles list(Path folder, Set<String> extensions, int levels) {
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
    List<Path> files = new ArrayList<>();
    List<Path> others = new ArrayList<>();
    walk(
        folder,
        levels,
        file -> {
          String extension = extension(name(file));
          if (extensions.contains(extension)) {
            files.add(file);
          } else if (PICTURES.contains(extension)) {
            others.add(file);
          }
        });
    files.sort(byName(folder));
    others.sort(byName(folder));
    return new FolderFiles(folder, files, others);
  }

  private static void walk(Path folder, int levels, Consumer<Path> file) {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path entry : stream) {
        file.accept(entry);
        if (levels > 1 && !name(entry).startsWith(".") && Files.isDirectory(entry)) {
          checkNoCircle(folder, entry);
          walk(entry, levels - 1, file);
        }
      }
    } catch (IOException e) {
      throw new DataException(
          String.format(Locale.ROOT, "the folder %s could not be read (%s)", folder, e), e);
    }
  }

  private static void checkNoCircle(Path folder, Path entry) throws IOException {
    if (Files.isSymbolicLink(entry) && folder.toRealPath().startsWith(entry.toRealPath())) {
      throw new DataException(
          entry + " is a symbolic link to a folder that it lies in, a circle; remove the link");
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
