package dev.mtlora.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.config.RunConfig;
import dev.mtlora.config.WeightsSource;
import dev.mtlora.data.Sha256;
import dev.mtlora.data.YamlBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * One training of a comparison.
 *
 * @param row the line of the table that it belongs to: a method, or {@link #SINGLE}
 * @param name unique in the comparison and fit for a file name; ends with {@code -seedN}
 * @param seed of the training
 * @param config the whole configuration
 */
public record Cell(String row, String name, long seed, RunConfig config) {
  /** The row of the single-task networks, one for each task. */
  public static final String SINGLE = "single task";

  /** What differs between machines and not between results, or not by more than rounding. */
  private static final List<List<String>> LEFT_OUT =
      List.of(
          List.of("data", "root"),
          List.of("data", "cache"),
          List.of("train", "workers"),
          List.of("train", "threads"),
          List.of("train", "keepLast"));

  /** What its name begins with: the same for all seeds. */
  public String withoutSeed() {
    return name.substring(0, name.length() - ("-seed" + seed).length());
  }

  /**
   * A hash of all settings that the result depends on; folders are not among them, so that a cell
   * that one machine has finished is known on another. A file of weights is known by its contents.
   */
  public String fingerprint() {
    return fingerprint(config);
  }

  /** The fingerprint of a configuration. */
  public static String fingerprint(RunConfig config) {
    JsonNode tree = YamlBlock.tree(config.json());
    for (List<String> path : LEFT_OUT) {
      if (tree.get(path.get(0)) instanceof ObjectNode block) {
        block.remove(path.get(1));
      }
    }
    if (config.model().weights() instanceof WeightsSource.File weights
        && tree.get("model") instanceof ObjectNode model) {
      model.put("weights", contents(weights.path()));
    }
    return Sha256.of(tree.toString()).substring(0, 16);
  }

  /** Of a file that is not there, the path: a training will say so. */
  private static String contents(Path weights) {
    try {
      return Sha256.of(weights);
    } catch (NoSuchFileException e) {
      return weights.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("%s could not be read: %s".formatted(weights, e), e);
    }
  }
}
