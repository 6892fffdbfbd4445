package dev.mtlora.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Files that must stay as they are.
 *
 * @param files where they really are
 * @param names of them and of links to them, in small letters: what is named otherwise need not be
 *     looked for
 */
record Sources(Set<Path> files, Set<String> names) {
  static Sources of(Collection<Path> files) {
    Set<Path> real = files.stream().map(Sources::real).collect(Collectors.toSet());
    return new Sources(
        real,
        Stream.concat(files.stream(), real.stream())
            .map(Sources::name)
            .collect(Collectors.toSet()));
  }

  /** True if writing this file would replace one of them. */
  boolean has(Path file) {
    return names.contains(name(file)) && files.contains(real(file));
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
  }

  /** Where a path leads, links followed as far as there is something. */
  static Path real(Path path) {
    Path whole = path.toAbsolutePath().normalize();
    for (Path there = whole; there != null; there = there.getParent()) {
      if (Files.exists(there)) {
        try {
          return there.toRealPath().resolve(there.relativize(whole)).normalize();
        } catch (IOException e) { // as it is written, then
          return whole;
        }
      }
    }
    return whole;
  }
}
