package dev.mtlora.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
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
      Path own = last.resolveSibling(prefix(last) + formerStep);
      AtomicFolder.delete(own);
      Files.move(former, own, StandardCopyOption.ATOMIC_MOVE);
    }
    List<Path> all = beside(last);
    for (Path oldest : all.subList(0, Math.max(0, all.size() - (keep - 1)))) {
      AtomicFolder.delete(oldest);
    }
  }

  private static String prefix(Path last) {
    return last.getFileName() + "-";
  }

  /** All of them, the oldest first. */
  static List<Path> beside(Path last) throws IOException {
    String prefix = prefix(last);
    Path parent = Objects.requireNonNull(last.toAbsolutePath().getParent());
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> siblings = Files.list(parent)) {
      return siblings
          .filter(path -> path.getFileName().toString().matches("\\Q" + prefix + "\\E\\d{1,18}"))
          .sorted(
              Comparator.comparingLong(
                  path -> Long.parseLong(path.getFileName().toString().substring(prefix.length()))))
          .toList();
    }
  }
}
