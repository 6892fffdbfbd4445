package dev.mtlora.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.config.RunConfig;
import dev.mtlora.data.YamlBlock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * One training of a comparison.
 *
 * @param row the line of the table that it belongs to: a method, or {@link #SINGLE}
 * @param name unique in the comparison and fit for a file name
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

  /**
   * A hash of all settings that the result depends on; folders are not among them, so that a cell
   * that one machine has finished is known on another.
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
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] hash = sha.digest(tree.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
