package dev.mtlora.compare;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.files.Sha256;
import dev.mtlora.run.RunSpec;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.spec.bind.JsonText;
import dev.mtlora.weights.WeightsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One training of a comparison.
 *
 * @param row the line of the table that it belongs to: a method, or {@link #SINGLE}
 * @param name unique in the comparison and fit for a file name; ends with {@code -seedN}
 * @param seed of the training
 * @param config the whole configuration
 * @param fingerprint of the configuration as it was written; a cell that is kept has it, too
 */
public record Cell(String row, String name, long seed, RunSpec config, String fingerprint) {
  /** The row of the single-task networks, one for each task. */
  public static final String SINGLE = "single task";

  /** What differs between machines and not between results, or not by more than rounding. */
  private static final List<String> OF_THE_MACHINE =
      List.of("/data/root", "/data/cache", "/train/workers", "/train/threads", "/train/keepLast");

  /** What its name begins with: the same for all seeds. */
  public String withoutSeed() {
    return name.substring(0, name.length() - ("-seed" + seed).length());
  }

  /**
   * A hash of all settings, as they were written, that the result depends on; folders are not among
   * them, so that a cell that one machine has finished is known on another.
   *
   * @param tree the cell's configuration, resolved, which it changes
   * @param config the same
   */
  static String fingerprint(JsonNode tree, RunSpec config) {
    return Sha256.of(ofResult(tree, config).toString()).substring(0, 16);
  }

  /** True if the results of two configurations can be told apart by chance alone. */
  public boolean isSameTraining(RunSpec other) {
    return ofResult(JsonText.read(config.json()), config)
        .equals(ofResult(JsonText.read(other.json()), other));
  }

  private static JsonNode ofResult(JsonNode tree, RunSpec config) {
    OF_THE_MACHINE.forEach(path -> remove(tree, JsonPointer.compile(path)));
    for (JsonNode source : tree.at("/data/sources")) {
      remove(source, JsonPointer.compile("/root"));
      remove(source, JsonPointer.compile("/cache"));
    }
    if (config.model().weights() instanceof WeightsSource.File weights
        && tree.get("model") instanceof ObjectNode model) {
      model.put("weights", String.valueOf(weights.path().getFileName()));
    }
    return tree;
  }

  private static void remove(JsonNode tree, JsonPointer path) {
    if (tree.at(path.head()) instanceof ObjectNode block) {
      block.remove(path.last().getMatchingProperty());
    }
  }

  /**
   * The SHA-256 of the file of weights that training begins with, or of those of its shards, if it
   * names one that is there.
   */
  Optional<String> weights() {
    if (!(config.model().weights() instanceof WeightsSource.File file)
        || !WeightsFile.of(file.path()).exists()) {
      return Optional.empty();
    }
    List<String> hashes =
        WeightsFile.of(file.path()).files().stream().map(Cell::sha256).sorted().toList();
    return Optional.of(hashes.size() == 1 ? hashes.get(0) : Sha256.of(String.join(" ", hashes)));
  }

  private static String sha256(Path file) {
    try {
      return Sha256.of(file);
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "%s could not be read: %s", file, e), e);
    }
  }
}
