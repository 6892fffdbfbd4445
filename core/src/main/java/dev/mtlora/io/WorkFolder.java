package dev.mtlora.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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

  /** Makes one for a folder. */
  static WorkFolder make(Path folder) throws IOException {
    Path path = Files.createDirectory(folder.resolveSibling(prefix(folder) + UUID.randomUUID()));
    Files.writeString(path.resolve(MARKER), owner(ProcessHandle.current()));
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

  /** The number alone would do until the system gives it to another process. */
  private static String owner(ProcessHandle process) {
    return process.pid()
        + " "
        + process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** True if the process that made it has ended. */
  boolean abandoned() throws IOException {
    String owner;
    try {
      owner = Files.readString(path.resolve(MARKER)).strip();
    } catch (NoSuchFileException e) { // it has just ended, and has tidied up
      return false;
    }
    String pid = owner.split(" ", 2)[0];
    if (!pid.matches("\\d{1,18}")) {
      return false; // no marker of ours
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(pid));
    return process.isEmpty() || !owner(process.get()).equals(owner);
  }

  Path fresh() {
    return path.resolve("new");
  }

  Path former() {
    return path.resolve("old");
  }
}
