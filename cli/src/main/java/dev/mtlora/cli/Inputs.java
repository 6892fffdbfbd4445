package dev.mtlora.cli;

import dev.mtlora.data.FolderFiles;
import dev.mtlora.files.DataException;
import dev.mtlora.files.SmallFile;
import dev.mtlora.image.Video;
import dev.mtlora.model.Picture;
import dev.mtlora.run.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;

/**
 * What is predicted, one picture after the other: pictures, those of folders and below them in the
 * order of the numbers in their names, or the frames of a video, named by their numbers.
 *
 * @param pictures by the name of their predictions, in order; asking for the next may fail as
 *     reading it may
 * @param count how many; empty of a video
 * @param names of all pictures' predictions; empty of a video
 * @param sources files that must stay as they are
 * @param others pictures of folders that are not read
 * @param unread why folders could not be read
 * @param closed when all is done
 */
record Inputs(
    Iterator<Named> pictures,
    OptionalInt count,
    List<String> names,
    Sources sources,
    List<Path> others,
    List<DataException> unread,
    Runnable closed)
    implements AutoCloseable {
  private static final int MOST_LIST = 64 << 20;

  /**
   * One of them.
   *
   * @param name of its predictions, with folders, to be continued
   * @param picture it
   */
  record Named(String name, Picture picture) {}

  /**
   * What there is.
   *
   * @param list a file with further paths
   * @param out where predictions go: what lies there is no picture to predict
   * @throws DataException if a folder holds no pictures, or a video can't be read
   * @throws ConfigException if there is nothing, or the folder of pictures is that of predictions
   */
  static Inputs of(List<Path> asked, Optional<Path> list, Path out) {
    List<Path> all = new ArrayList<>();
    asked.forEach(path -> all.addAll(matching(path)));
    List<Path> listed = list.map(Inputs::lines).orElse(List.of());
    all.addAll(listed);
    Set<Path> fromList = Set.copyOf(listed);
    if (all.isEmpty()) {
      throw new ConfigException(
          "nothing to predict: name pictures, folders of them or a video, or a --list of them");
    }
    if (all.size() == 1 && !Files.isDirectory(all.get(0)) && Video.is(all.get(0))) {
      return of(all.get(0), Video.open(all.get(0)));
    }
    Map<Path, String> names = new LinkedHashMap<>();
    List<Path> others = new ArrayList<>();
    List<DataException> unread = new ArrayList<>();
    for (Path path : all) {
      if (Files.isDirectory(path)) {
        requireOther(path, out);
        FolderFiles folder = pictures(path, out);
        folder.files().forEach(file -> names.put(file, slashes(path.relativize(file))));
        others.addAll(folder.others());
        unread.addAll(folder.unread());
      } else if (fromList.contains(path)) {
        names.put(path, below(path, list.orElseThrow()));
      } else {
        names.put(path, String.valueOf(path.getFileName()));
      }
    }
    if (names.isEmpty() && unread.size() == 1) {
      throw unread.get(0);
    }
    Map<Path, String> outputs = OutputNames.of(names);
    Iterator<Map.Entry<Path, String>> named = outputs.entrySet().iterator();
    return new Inputs(
        each(named, e -> new Named(e.getValue(), Picture.of(e.getKey()))),
        OptionalInt.of(names.size()),
        List.copyOf(outputs.values()),
        Sources.of(names.keySet()),
        others,
        unread,
        () -> {});
  }

  /** Those of a folder and below it, but for predictions; that none could be read is no failure. */
  private static FolderFiles pictures(Path folder, Path out) {
    FolderFiles all;
    try {
      all = FolderFiles.below(folder, FolderFiles.PHOTOGRAPHS);
    } catch (DataException e) {
      return new FolderFiles(folder, List.of(), List.of(), List.of(e));
    }
    boolean below = isWithin(out, folder);
    List<Path> files =
        all.files().stream().filter(file -> !(below && isWithin(file, out))).toList();
    FolderFiles found = new FolderFiles(folder, files, all.others(), all.unread());
    return found.unread().isEmpty()
        ? found.orNone("nor do the folders below it; check its name")
        : found;
  }

  private static Inputs of(Path file, Video video) {
    String stem = FolderFiles.stem(file);
    return new Inputs(
        each(
            video,
            frame -> frame(String.format(Locale.ROOT, "%s_%06d", stem, frame.number()), frame)),
        OptionalInt.empty(),
        List.of(),
        Sources.of(List.of(file)),
        List.of(),
        List.of(),
        video::close);
  }

  private static Named frame(String name, Video.Frame frame) {
    return new Named(name, new Picture(name, frame::image));
  }

  /** True if there may be more than one. */
  boolean isMany() {
    return count.orElse(2) > 1;
  }

  /** The path, or the files that it is a pattern of, where the shell has left that to us. */
  private static List<Path> matching(Path path) {
    String name = String.valueOf(path.getFileName());
    if (Files.exists(path) || !name.matches(".*[*?\\[{].*")) {
      return List.of(path);
    }
    Path folder = Optional.ofNullable(path.getParent()).orElse(Path.of(""));
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, name)) {
      files.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      throw new DataException(
          String.format(Locale.ROOT, "the folder %s could not be read (%s)", folder, e), e);
    } catch (PatternSyntaxException e) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "%s does not exist, and as a pattern it is wrong: %s",
              path,
              e.getDescription()),
          e);
    }
    if (found.isEmpty()) {
      throw new DataException(
          String.format(
              Locale.ROOT, "no file in %s is named like %s", folder.toAbsolutePath(), name));
    }
    found.sort(FolderFiles.byName(folder));
    return found;
  }

  /** Paths below the folder of the list, where there is something, else below this one. */
  private static List<Path> lines(Path list) {
    byte[] bytes = SmallFile.bytes(list, MOST_LIST, "a list of pictures");
    String text = new String(bytes, StandardCharsets.UTF_8).replace("\uFEFF", "");
    Path folder = Optional.ofNullable(list.toAbsolutePath().getParent()).orElse(list);
    List<Path> found = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        Path below = folder.resolve(line.strip());
        Path here = Path.of(line.strip());
        found.add(Files.exists(below) || !Files.exists(here) ? below : here);
      } catch (InvalidPathException e) {
        throw new DataException(
            String.format(Locale.ROOT, "%s, line %d: is no path (%s)", list, number, e.getReason()),
            e);
      }
    }
    return found;
  }

  /** The name of a listed picture: with its folders, if it lies below the list. */
  private static String below(Path path, Path list) {
    Path folder = list.toAbsolutePath().normalize().getParent();
    Path whole = path.toAbsolutePath().normalize();
    return folder != null && whole.startsWith(folder)
        ? slashes(folder.relativize(whole))
        : String.valueOf(path.getFileName());
  }

  private static String slashes(Path relative) {
    StringBuilder name = new StringBuilder();
    relative.forEach(part -> name.append(name.isEmpty() ? "" : "/").append(part));
    return name.toString();
  }

  private static boolean isWithin(Path file, Path folder) {
    return Sources.real(file).startsWith(Sources.real(folder));
  }

  private static void requireOther(Path folder, Path out) {
    try {
      if (Files.exists(out) && Files.isSameFile(folder, out)) {
        throw new ConfigException(
            String.format(
                Locale.ROOT,
                "--out %s is the folder of the pictures itself, where predictions would replace pictures"
                    + " and be predicted next time; name another, for instance %s",
                out,
                out.resolve("predicted")));
      }
    } catch (IOException e) {
      throw new DataException(
          String.format(Locale.ROOT, "the folder %s cannot be read: %s", folder, e), e);
    }
  }

  private static <T> Iterator<Named> each(Iterator<T> all, Function<T, Named> named) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public Named next() {
        return named.apply(all.next());
      }
    };
  }

  @Override
  public void close() {
    closed.run();
  }
}
