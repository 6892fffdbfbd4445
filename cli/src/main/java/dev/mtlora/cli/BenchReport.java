package dev.mtlora.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.weights.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** What {@code bench} has measured. */
interface BenchReport {
  /** What was measured. */
  record Setting(int batch, int threads, String precision) {}

  Setting setting();

  /** Prints it for people. */
  void print(PrintWriter out);

  /** Puts the figures into a JSON object. */
  void write(ObjectNode node);

  /** Writes the figures as JSON; the file appears whole or not at all. */
  default void write(Path file) {
    ObjectNode node =
        new ObjectMapper()
            .createObjectNode()
            .put("batch", setting().batch())
            .put("threads", setting().threads())
            .put("precision", setting().precision());
    write(node);
    try {
      Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
      AtomicFile.write(file, node.toPrettyString() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT,
              "cannot write the figures to %s (%s): is there space left, and may you write there?",
              file,
              e),
          e);
    }
  }
}
