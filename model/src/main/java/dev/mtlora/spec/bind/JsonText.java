package dev.mtlora.spec.bind;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * JSON files of ours: one value, a key once, at most 8 MB and nested 100 deep, and nothing behind
 * it.
 */
public final class JsonText {
  private static final int MOST = 8 << 20;
  private static final int DEEPEST = 100;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonText() {}

  /**
   * The tree of a text.
   *
   * @throws IllegalArgumentException if it is no JSON, or longer or deeper than any of ours
   */
  public static JsonNode read(byte[] text) {
    return read(text, MOST);
  }

  /**
   * The same of a file that grows with a training.
   *
   * @param most bytes
   */
  public static JsonNode read(byte[] text, int most) {
    if (text.length > most) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "has %,d bytes, and a file of this kind has at most %,d",
              text.length,
              most));
    }
    try {
      JsonNode tree = JSON.readTree(text);
      if (tree.isMissingNode()) {
        throw new IllegalArgumentException("is empty");
      }
      return tree;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "is not valid JSON (line %d): %s",
              line,
              e.getOriginalMessage()
                  .lines()
                  .findFirst()
                  .orElse("")
                  .replaceAll(" *\\(start marker at .*", "")),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot be read: " + e, e);
    }
  }

  /** The same of a text. */
  public static JsonNode read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes of a file, but no more than it takes to see that they are too many. */
  public static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST + 1);
    }
  }
}
