package dev.mtlora.spec.bind;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value of YAML without quotes. Whether {@code 010}, {@code 1.10}, {@code no} or {@code true} is
 * a number, a word or a switch says who reads it: the text is kept as it was written. Numbers are
 * decimal.
 */
public final class Plain extends ValueNode {
  private static final long serialVersionUID = 1L;
  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9][0-9_]*");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9][0-9_]*(\\.[0-9_]*)?|\\.[0-9][0-9_]*)([eE][-+]?[0-9]{1,4})?");

  /** A number longer than this is none: nobody needs it, and parsing takes its square. */
  private static final int LONGEST = 64;

  private static final String YAML = "YAML";

  private final String text;

  /** A value as it is written. */
  public Plain(String text) {
    this.text = text;
  }

  /** True if a node of a tree is a text, and neither a number nor true or false without quotes. */
  public static boolean isWord(JsonNode node) {
    return node.isTextual() && !(node instanceof Plain plain && !plain.isText());
  }

  /** The whole number that a node of a tree is, if it is one. */
  public static OptionalInt count(JsonNode node) {
    BigInteger value =
        node instanceof Plain plain && plain.isWhole()
            ? plain.whole()
            : node.isIntegralNumber() ? node.bigIntegerValue() : null;
    return value == null || value.bitLength() >= Integer.SIZE
        ? OptionalInt.empty()
        : OptionalInt.of(value.intValue());
  }

  @Override
  public JsonNodeType getNodeType() {
    return JsonNodeType.STRING;
  }

  @Override
  public JsonToken asToken() {
    return JsonToken.VALUE_STRING;
  }

  @Override
  public String textValue() {
    return text;
  }

  @Override
  public String asText() {
    return text;
  }

  @Override
  public String asText(String otherwise) {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Plain plain && plain.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  boolean isWhole() {
    return text.length() <= LONGEST && WHOLE.matcher(textValue()).matches();
  }

  boolean isDecimal() {
    return text.length() <= LONGEST && DECIMAL.matcher(textValue()).matches();
  }

  boolean isText() {
    return !isDecimal() && !isTrue() && !isFalse();
  }

  boolean isTrue() {
    return isOne("true", "True", "TRUE");
  }

  boolean isFalse() {
    return isOne("false", "False", "FALSE");
  }

  private boolean isOne(String lower, String title, String upper) {
    return text.equals(lower) || text.equals(title) || text.equals(upper);
  }

  /** For {@link #isWhole}. */
  BigInteger whole() {
    String digits = text.replace("_", "");
    return new BigInteger(digits.startsWith("+") ? digits.substring(1) : digits);
  }

  /** For {@link #isDecimal}; infinite if it is beyond all numbers. */
  double decimal() {
    return new BigDecimal(text.replace("_", "")).doubleValue();
  }

  /** In YAML as it was written, elsewhere as what it looks like most. */
  @Override
  public void serialize(JsonGenerator generator, SerializerProvider provider) throws IOException {
    ObjectCodec codec = generator.getCodec();
    if (codec != null && YAML.equals(codec.getFactory().getFormatName())) {
      generator.writeNumber(text);
    } else if (isWhole()) {
      generator.writeNumber(whole());
    } else if (isDecimal()) {
      generator.writeNumber(decimal());
    } else if (isTrue() || isFalse()) {
      generator.writeBoolean(isTrue());
    } else {
      generator.writeString(text);
    }
  }
}
