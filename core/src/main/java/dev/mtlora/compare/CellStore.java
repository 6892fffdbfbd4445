package dev.mtlora.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.config.ConfigException;
import dev.mtlora.io.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
  private static final long LARGEST = 1 << 20;

  /**
   * The summary of a cell, if it is finished.
   *
   * @throws ConfigException if there is one of this name, but of other settings
   */
  public Optional<Summary> find(Cell cell) {
    Path file = file(cell);
    try {
      if (Files.size(file) > LARGEST) {
        throw new ConfigException("%s is larger than any finished cell: delete it".formatted(file));
      }
      JsonNode node = JSON.readTree(Files.readString(file));
      if (!node.path(CONFIGURATION).asText().equals(cell.fingerprint())) {
        throw new ConfigException(
            "%s was made with other settings or other weights than this comparison's: delete the file to run the cell again, or choose another --out"
                .formatted(file));
      }
      return Optional.of(Summary.of(node));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new ConfigException("%s is not JSON: delete it to run the cell again".formatted(file));
    } catch (IOException e) {
      throw new UncheckedIOException("%s could not be read: %s".formatted(file, e), e);
    }
  }

  /** Keeps the summary of a cell; a file appears whole or not at all. */
  public void keep(Cell cell, Summary summary) {
    ObjectNode node = JSON.createObjectNode();
    node.put("row", cell.row()).put("seed", cell.seed()).put(CONFIGURATION, cell.fingerprint());
    node.setAll(summary.node());
    try {
      Files.createDirectories(folder);
      AtomicFile.write(file(cell), node.toPrettyString() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("%s could not be written: %s".formatted(file(cell), e), e);
    }
  }

  private Path file(Cell cell) {
    return folder.resolve(cell.name() + ".json");
  }
}
