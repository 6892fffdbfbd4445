package dev.mtlora.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the next content of a folder is written and its former content waits: {@code
 * NAME.tmp-PROCESS-TIME-ID} beside it. A marker in it names the process that made it. A folder
 * without the marker that holds anything is somebody's own, whatever its name, and is never
 * touched; nor is that of a process that lives. A process may die before it has written the marker,
 * or after it has deleted it: an empty folder of such a name is left over, too.
 *
 * @param path of the work folder
 */
record WorkFolder(Path path) {
  /** Sorts before the contents, so that {@link AtomicFolder#delete} takes it last. */
  static final String MARKER = ".mtlora-work";

  /** Process number and time of the mark. */
  private static final Pattern MADE = Pattern.compile("(\\d{1,18}) (\\d{1,18})");

  /** The same in the name of the folder. */
  private static final Pattern NAME =
      Pattern.compile(".*\\.tmp-(\\d{1,18})-(\\d{1,18})-[0-9a-f-]{36}");

  /** The system's clock may be set between. */
  private static final long CLOCKS_DIFFER_MILLIS = 60_000;

  /** Makes one for a folder. */
  static WorkFolder make(Path folder) throws IOException {
    long pid = ProcessHandle.current().pid();
    long now = Instant.now().toEpochMilli();
    String name = prefix(folder) + pid + "-" + now + "-" + UUID.randomUUID();
    Path path = Files.createDirectory(folder.resolveSibling(name));
    Files.writeString(path.resolve(MARKER), pid + " " + now);
    return new WorkFolder(path);
  }

  /** All of a folder, whoever made them: with the marker, or with a name that we give. */
  static List<WorkFolder> of(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> siblings = Files.list(parent)) {
      return siblings
          .filter(path -> path.getFileName().toString().startsWith(prefix(folder)))
          .map(WorkFolder::new)
          .filter(work -> Files.isRegularFile(work.path.resolve(MARKER)) || work.named().matches())
          .toList();
    }
  }

  private static String prefix(Path folder) {
    return folder.getFileName() + ".tmp-";
  }

  private Matcher named() {
    return NAME.matcher(path.getFileName().toString());
  }

  /** True if it is ours, and the process that made it has ended. */
  boolean abandoned() throws IOException {
    try {
      Path marker = path.resolve(MARKER);
      Matcher made = MADE.matcher(Files.exists(marker) ? Files.readString(marker) : "");
      if (made.matches()) {
        return !lives(made);
      }
      Matcher named = named();
      return named.matches() && isEmpty() && !lives(named);
    } catch (NoSuchFileException e) { // it has just ended, and has tidied up
      return false;
    }
  }

  private boolean isEmpty() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.allMatch(file -> file.endsWith(MARKER));
    }
  }

  /** A process that began after the mark was made has only been given the number of another. */
  private static boolean lives(Matcher made) {
    long madeMillis = Long.parseLong(made.group(2));
    return ProcessHandle.of(Long.parseLong(made.group(1)))
        .filter(
            process -> {
              Optional<Instant> start = process.info().startInstant();
              return start.isEmpty()
                  || start.get().toEpochMilli() <= madeMillis + CLOCKS_DIFFER_MILLIS;
            })
        .isPresent();
  }

  Path fresh() {
    return path.resolve("new");
  }

  Path former() {
    return path.resolve("old");
  }
}
