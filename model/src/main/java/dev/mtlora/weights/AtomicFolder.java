package dev.mtlora.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A folder that is replaced as a whole. The new content is written in a {@link WorkFolder} beside
 * it and forced to the disk; then the old content moves there, too, the new one takes the name, and
 * the old one is deleted, or kept under another name. A crash between the two renames leaves the
 * old content in the work folder, where {@link #current} finds it.
 *
 * @param folder where the content is when all is well
 */
public record AtomicFolder(Path folder) {
  /** Fills an empty folder. */
  public interface Content {
    /** Writes files into the folder that will take the name. */
    void writeInto(Path empty) throws IOException;
  }

  /** Decides what becomes of the former content. */
  interface Former {
    /** Deletes or renames the folder; called again if a crash has prevented it. */
    void retire(Path folder) throws IOException;
  }

  /** Where the latest whole content is, if there is any. */
  public Path current() {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    try {
      for (WorkFolder work : WorkFolder.of(folder)) {
        if (Files.isDirectory(work.former())) {
          return work.former();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "the folder of %s cannot be read: %s", folder, e), e);
    }
    boolean moved = !Files.isDirectory(folder) && Files.isDirectory(ofFormerVersions());
    return moved ? ofFormerVersions() : folder;
  }

  /** Where former versions left the old content in a crash; only read, as it may be a user's. */
  private Path ofFormerVersions() {
    return folder.resolveSibling(folder.getFileName() + ".old");
  }

  /** Replaces the content; on failure the former content, if any, is still there. */
  public void replace(Content content) throws IOException {
    replace(content, AtomicFolder::delete);
  }

  /** The same, keeping the former content where the caller wants it. */
  void replace(Content content, Former former) throws IOException {
    Path parent = Files.createDirectories(folder.toAbsolutePath().getParent());
    for (WorkFolder left : WorkFolder.of(folder)) {
      if (left.abandoned()) {
        settle(left, former);
      }
    }
    WorkFolder work = WorkFolder.make(folder);
    try {
      content.writeInto(Files.createDirectory(work.fresh()));
      try (Stream<Path> files = Files.list(work.fresh())) {
        files.forEach(AtomicFolder::force);
      }
      force(work.fresh());
      swap(work);
      force(parent);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      settle(work, former);
    }
  }

  private void swap(WorkFolder work) throws IOException {
    if (Files.isDirectory(folder)) {
      Files.move(folder, work.former(), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(work.fresh(), folder, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Ends the work, wherever it was broken off. */
  private void settle(WorkFolder work, Former former) throws IOException {
    if (Files.isDirectory(work.former())) {
      if (Files.isDirectory(folder)) {
        former.retire(work.former());
      } else {
        Files.move(work.former(), folder, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    delete(work.path());
  }

  private static void force(Path path) {
    boolean folder = Files.isDirectory(path);
    StandardOpenOption mode = folder ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    } catch (IOException e) {
      if (!folder) { // Windows cannot open folders; its renames are journalled
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Deletes a folder; the names that come last in the alphabet go first. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
