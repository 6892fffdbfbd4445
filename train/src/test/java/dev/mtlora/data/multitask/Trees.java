package dev.mtlora.data.multitask;

import dev.mtlora.testing.GoldenFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Copies of the tiny datasets among the test resources, to be damaged. */
final class Trees {
  private Trees() {}

  static Path golden(String dataset) {
    return GoldenFile.resource("golden/dataset/" + dataset);
  }

  /** Copies a dataset into an empty folder, without the subfolders named. */
  static Path copy(String dataset, Path to, String... without) {
    Path from = golden(dataset);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path inside = Path.of(from.relativize(file).toString());
        if (List.of(without).stream().noneMatch(inside::startsWith)) {
          Path target = to.resolve(inside);
          Files.createDirectories(target.getParent());
          Files.copy(file, target);
        }
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
