package dev.mtlora.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * YAML read and written, here only, so that what is written reads back the same. Of YAML 1.1's many
 * words for true and false only {@code true} and {@code false} are such: {@code no}, {@code on} and
 * {@code y} are words like others, for instance names of classes.
 */
public final class YamlText {
  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                  .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .stringQuotingChecker(new Quoting())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private YamlText() {}

  /**
   * Without quotes stand only texts that no YAML takes for anything else: what starts with a digit,
   * a sign or a dot may be a number in many ways ({@code 0x1F}, {@code 1_000}, {@code .inf}).
   */
  private static final class Quoting extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1L;
    private static final Pattern WORDS =
        Pattern.compile("[/\\p{L}][^\\p{C}\\p{Z}]*( [^\\p{C}\\p{Z}]+)*");

    @Override
    public boolean needToQuoteName(String name) {
      return super.needToQuoteName(name) || !isPlain(name);
    }

    @Override
    public boolean needToQuoteValue(String value) {
      return super.needToQuoteValue(value) || !isPlain(value);
    }

    private static boolean isPlain(String text) {
      return WORDS.matcher(text).matches();
    }
  }

  /**
   * The tree of a text; an empty text is an empty block.
   *
   * @throws IllegalArgumentException if it is not YAML; names the line
   */
  public static JsonNode read(String text) {
    try {
      JsonNode tree = YAML.readTree(text);
      return tree.isMissingNode() ? JsonNodeFactory.instance.objectNode() : tree;
    } catch (JsonProcessingException e) {
      String line = e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "not valid YAML%s: %s",
              line,
              e.getOriginalMessage().lines().findFirst().orElse("")),
          e);
    }
  }

  /** The text of a tree, from which {@link #read} makes the same tree. */
  public static String write(JsonNode tree) {
    try {
      return YAML.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a YAML tree could not be written", e);
    }
  }
}
