package dev.mtlora.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The checkpoints before the last one, {@code NAME-STEP} each.
 *
 * @param last the folder of the last one
 * @param step of the last one
 * @param keep how many to keep, the last one included
 */
record FormerCheckpoints(Path last, long step, int keep) {
  FormerCheckpoints {
    if (keep < 1) {
      throw new IllegalArgumentException(
          "at least the last checkpoint must be kept, but keep is " + keep);
    }
  }

  /** Gives a former checkpoint its own name, then deletes the oldest beyond the limit. */
  void retire(Path former) throws IOException {
    long formerStep = Checkpoint.stepIn(former);
    if (keep == 1 || formerStep < 0 || formerStep == step) {
      AtomicFolder.delete(former);
    } else {
      Path own = last.resolveSibling(prefix() + formerStep);
      AtomicFolder.delete(own);
      Files.move(former, own, StandardCopyOption.ATOMIC_MOVE);
    }
    List<Path> all = all();
    for (Path oldest : all.subList(0, Math.max(0, all.size() - (keep - 1)))) {
      AtomicFolder.delete(oldest);
    }
  }

  private String prefix() {
    return last.getFileName() + "-";
  }

  /** Oldest first. */
  private List<Path> all() throws IOException {
    try (Stream<Path> siblings = Files.list(last.toAbsolutePath().getParent())) {
      return siblings
          .filter(path -> path.getFileName().toString().matches("\\Q" + prefix() + "\\E\\d{1,18}"))
          .sorted(Comparator.comparingLong(this::stepOf))
          .toList();
    }
  }

  private long stepOf(Path path) {
    return Long.parseLong(path.getFileName().toString().substring(prefix().length()));
  }
}
