package dev.mtlora.run.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import dev.mtlora.spec.bind.Plain;
import java.util.regex.Pattern;

/**
 * YAML read and written, here only, so that what is written reads back the same: one document
 * without anchors and tags, a key once, and scalars without quotes as they are written ({@link
 * Plain}).
 */
public final class YamlText {
  /** Most characters, and bytes of a file. */
  public static final int MOST = 8 << 20;

  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .disable(YAMLGenerator.Feature.SPLIT_LINES)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .stringQuotingChecker(new Quoting())
                  .build())
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
   * @throws IllegalArgumentException if it is not YAML, or longer than 8 MB, nested deeper than 100
   *     or anything else that a configuration has no need for; names the line
   */
  public static JsonNode read(String text) {
    return new YamlReader(text).document();
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
