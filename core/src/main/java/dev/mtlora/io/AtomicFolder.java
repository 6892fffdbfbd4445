package dev.mtlora.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A folder that is replaced as a whole. The new content is written beside it and forced to the
 * disk; then the old folder becomes {@code NAME.old}, the new one takes its name, and the old one
 * is deleted, or kept under another name. A crash between the two renames leaves {@code NAME.old},
 * which {@link #current} finds.
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
    return Files.isDirectory(folder) ? folder : old();
  }

  private Path old() {
    return folder.resolveSibling(folder.getFileName() + ".old");
  }

  private Path temporary() {
    return folder.resolveSibling(folder.getFileName() + ".tmp-" + ProcessHandle.current().pid());
  }

  /** Replaces the content; on failure the former content, if any, is still there. */
  public void replace(Content content) throws IOException {
    replace(content, AtomicFolder::delete);
  }

  /** The same, keeping the former content where the caller wants it. */
  void replace(Content content, Former former) throws IOException {
    Path parent = Files.createDirectories(folder.toAbsolutePath().getParent());
    deleteLeftovers(parent);
    Path temporary = Files.createDirectory(temporary());
    try {
      content.writeInto(temporary);
      try (Stream<Path> files = Files.list(temporary)) {
        files.forEach(AtomicFolder::force);
      }
      force(temporary);
      swap(temporary, former);
      force(parent);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      delete(temporary);
    }
  }

  private void swap(Path temporary, Former former) throws IOException {
    if (Files.isDirectory(folder)) {
      retire(former);
      Files.move(folder, old(), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    force(Objects.requireNonNull(folder.toAbsolutePath().getParent()));
    retire(former);
  }

  private void retire(Former former) throws IOException {
    if (Files.isDirectory(old())) {
      former.retire(old());
    }
  }

  /** What processes that died while writing have left. */
  private void deleteLeftovers(Path parent) throws IOException {
    String prefix = folder.getFileName() + ".tmp-";
    List<Path> leftovers;
    try (Stream<Path> siblings = Files.list(parent)) {
      leftovers =
          siblings.filter(path -> path.getFileName().toString().startsWith(prefix)).toList();
    }
    for (Path leftover : leftovers) {
      delete(leftover);
    }
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
