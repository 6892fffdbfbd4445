package dev.mtlora.run;

import dev.mtlora.nn.Catalogue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The configurations that come with the program, by name: the file's, without its extension. */
public final class Shipped {
  /** What their files end with. */
  public static final String EXTENSION = ".yaml";

  private static final String FOLDER = "/configs";

  private Shipped() {}

  /** The YAML of a name, if there is any. */
  public static Optional<String> text(String name) {
    if (!names().contains(name)) {
      return Optional.empty();
    }
    try (InputStream stream = Shipped.class.getResourceAsStream(FOLDER + "/" + name + EXTENSION)) {
      byte[] bytes = Objects.requireNonNull(stream).readAllBytes();
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "the shipped configuration '%s' could not be read", name), e);
    }
  }

  /** What to say of a name that is neither a file nor shipped. */
  public static String missing(String name) {
    String file = String.valueOf(Path.of(name).getFileName());
    String stem =
        file.endsWith(EXTENSION) ? file.substring(0, file.length() - EXTENSION.length()) : file;
    return String.format(
        Locale.ROOT,
        "there is neither a file nor a shipped configuration named '%s': did you mean '%s'? Shipped,"
            + " and named without folder and %s, are %s",
        name,
        Catalogue.nearest(stem, names()),
        EXTENSION,
        String.join(", ", names()));
  }

  /** All names, in order. */
  public static List<String> names() {
    URL folder = Objects.requireNonNull(Shipped.class.getResource(FOLDER), "no configurations");
    try {
      URI uri = folder.toURI();
      if (!uri.getScheme().equals("jar")) {
        return names(Path.of(uri));
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return names(jar.getPath(FOLDER));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the shipped configurations could not be listed", e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the name of a resource is no URI", e);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(EXTENSION))
          .map(name -> name.substring(0, name.length() - EXTENSION.length()))
          .sorted()
          .toList();
    }
  }
}
