package dev.mtlora.io;

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
 * Where the next content of a folder is written and its former content waits: {@code NAME.tmp-ID}
 * beside it. A marker in it names the process that made it. A folder without the marker is
 * somebody's own, whatever its name, and is never touched; nor is that of a process that lives.
 *
 * @param path of the work folder
 */
record WorkFolder(Path path) {
  /** Sorts before the contents, so that {@link AtomicFolder#delete} takes it last. */
  static final String MARKER = ".mtlora-work";

  /** Process number and time of the mark. */
  private static final Pattern MADE = Pattern.compile("(\\d{1,18}) (\\d{1,18})");

  /** The system's clock may be set between. */
  private static final long CLOCKS_DIFFER_MILLIS = 60_000;

  /** Makes one for a folder. */
  static WorkFolder make(Path folder) throws IOException {
    Path path = Files.createDirectory(folder.resolveSibling(prefix(folder) + UUID.randomUUID()));
    long pid = ProcessHandle.current().pid();
    Files.writeString(path.resolve(MARKER), pid + " " + Instant.now().toEpochMilli());
    return new WorkFolder(path);
  }

  /** All that carry the marker and belong to a folder, whoever made them. */
  static List<WorkFolder> of(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> siblings = Files.list(parent)) {
      return siblings
          .filter(path -> path.getFileName().toString().startsWith(prefix(folder)))
          .filter(path -> Files.isRegularFile(path.resolve(MARKER)))
          .map(WorkFolder::new)
          .toList();
    }
  }

  private static String prefix(Path folder) {
    return folder.getFileName() + ".tmp-";
  }

  /** True if the process that made it has ended. */
  boolean abandoned() throws IOException {
    String marker;
    try {
      marker = Files.readString(path.resolve(MARKER));
    } catch (NoSuchFileException e) { // it has just ended, and has tidied up
      return false;
    }
    Matcher made = MADE.matcher(marker);
    return made.matches() && !lives(Long.parseLong(made.group(1)), Long.parseLong(made.group(2)));
  }

  /** A process that began after the mark was made has only been given the number of another. */
  private static boolean lives(long pid, long madeMillis) {
    return ProcessHandle.of(pid)
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
