package dev.mtlora.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.run.ConfigException;
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
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONFIGURATION = "configuration";
  private static final String WEIGHTS = "weights";
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
      Optional<JsonNode> kept = read(file);
      kept.ifPresent(node -> check(node, cell));
      return kept.map(Summary::of);
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

  private static void check(JsonNode kept, Cell cell) {
    if (!kept.path(CONFIGURATION).asText().equals(cell.fingerprint())) {
      throw new IllegalArgumentException("was made with other settings than this comparison's");
    }
    Optional<String> weights = cell.weights();
    if (weights.isPresent() && !kept.path(WEIGHTS).asText().equals(weights.get())) {
      throw new IllegalArgumentException(
          "was made with other weights than those that model.weights names now");
    }
  }

  private static Optional<JsonNode> read(Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        throw new IllegalArgumentException("is larger than any file of this kind");
      }
      return Optional.of(JSON.readTree(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("is not JSON", e);
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
    ObjectNode node = JSON.createObjectNode();
    node.put("row", cell.row()).put("seed", cell.seed()).put(CONFIGURATION, cell.fingerprint());
    cell.weights().ifPresent(hash -> node.put(WEIGHTS, hash));
    node.setAll(summary.node());
    write(file(cell), node);
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
    ObjectNode node = JSON.createObjectNode();
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
