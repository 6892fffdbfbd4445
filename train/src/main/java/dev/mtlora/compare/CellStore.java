package dev.mtlora.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.nn.Inline;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.Summary;
import dev.mtlora.spec.bind.Bind;
import dev.mtlora.spec.bind.JsonText;
import dev.mtlora.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finished cells, one small JSON file each: they can be kept with a project, so that a grid grows
 * over days and machines.
 *
 * @param folder made when the first cell is kept
 */
public record CellStore(Path folder) {
  private static final Bind BIND = Bind.json();
  private static final long LARGEST = 1 << 20;

  /**
   * The summary of a cell, if it is finished. A cell that began with a file of weights is known
   * where that file is not, too.
   *
   * @throws ConfigException if there is one of this name, but of other settings or weights
   */
  public Optional<Summary> find(Cell cell) {
    Path file = file(cell);
    try {
      Optional<Kept> kept = read(file).map(node -> BIND.read(Kept.class, node));
      kept.ifPresent(found -> check(found, cell));
      return kept.map(found -> found.summary().summary());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "%s %s: delete the file and the cell's run folder to run it again, or give this comparison other folders with --cells and --out",
              file,
              e.getMessage()),
          e);
    }
  }

  /**
   * A cell as it is written.
   *
   * @param row line of the table
   * @param seed of the training
   * @param configuration {@link Cell#fingerprint}
   * @param weights hash of those it began with, if they are of a file
   * @param summary what it gave and cost
   */
  private record Kept(
      String row,
      long seed,
      String configuration,
      Optional<String> weights,
      @Inline Summary.Written summary) {}

  private static void check(Kept kept, Cell cell) {
    if (!kept.configuration().equals(cell.fingerprint())) {
      throw new IllegalArgumentException("was made with other settings than this comparison's");
    }
    Optional<String> weights = cell.weights();
    if (weights.isPresent() && !kept.weights().equals(weights)) {
      throw new IllegalArgumentException(
          "was made with other weights than those that model.weights names now");
    }
  }

  private static Optional<JsonNode> read(Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        throw new IllegalArgumentException("is larger than any file of this kind");
      }
      return Optional.of(JsonText.read(JsonText.bytes(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "%s could not be read: %s", file, e), e);
    }
  }

  /** Keeps nothing of a cell any more. */
  public void forget(Cell cell) {
    try {
      Files.deleteIfExists(file(cell));
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "%s could not be deleted: %s", file(cell), e), e);
    }
  }

  /** Keeps the summary of a cell; a file appears whole or not at all. */
  public void keep(Cell cell, Summary summary) {
    write(
        file(cell),
        BIND.write(
            new Kept(
                cell.row(), cell.seed(), cell.fingerprint(), cell.weights(), summary.written())));
  }

  private void write(Path file, ObjectNode node) {
    try {
      Files.createDirectories(folder);
      AtomicFile.write(file, node.toPrettyString() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "%s could not be written: %s", file, e), e);
    }
  }

  /**
   * Median seconds of a step, measured in turn for the cells of a comparison, by {@link
   * Cell#withoutSeed}; empty if they have not been measured.
   */
  public Map<String, Double> times(Comparison comparison) {
    Map<String, Double> times = new LinkedHashMap<>();
    Path file = times(comparison.title());
    try {
      read(file)
          .ifPresent(
              node ->
                  node.properties()
                      .forEach(of -> times.put(of.getKey(), of.getValue().asDouble())));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          String.format(
              Locale.ROOT, "%s %s: delete it and measure again with --time", file, e.getMessage()),
          e);
    }
    return times;
  }

  /** Keeps what has been measured in turn, all at once: times of different days don't mix. */
  public void keepTimes(Comparison comparison, Map<String, Double> seconds) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    seconds.forEach(node::put);
    write(times(comparison.title()), node);
  }

  private Path times(String title) {
    return folder.resolve(title + "-times.json");
  }

  private Path file(Cell cell) {
    return folder.resolve(cell.name() + ".json");
  }
}
