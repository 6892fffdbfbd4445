package dev.mtlora.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.mtlora.tensor.DType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON in the header of a safetensors file.
 *
 * <p>What makes the file ambiguous or breaks its rules is refused. What only a newer version of the
 * format, or another program, understands is an obstacle to reading one tensor, and not to reading
 * the others.
 */
final class SafeTensorsJson {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // they come from anyone
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).build())
          .build();

  /** How the format writes types; those of later versions, too. */
  private static final Pattern TYPE = Pattern.compile("[A-Z][A-Z0-9_]{0,31}");

  private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

  /** The most sides that libtorch's tensors have. */
  private static final int MAX_SIDES = 64;

  private final Path file;
  private final Allowance allowance;
  private final Map<String, SafeTensors.Entry> entries = new LinkedHashMap<>();
  private final Map<String, FileRange> ranges = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafeTensorsJson(Path file) {
    this.file = file;
    this.allowance = new Allowance(file);
  }

  /** What an entry says, as far as it has been read. */
  private static final class Fields {
    @Nullable String type;
    long @Nullable [] shape;
    long @Nullable [] offsets;
    String unknown = "";
  }

  /**
   * Reads a header.
   *
   * @throws CheckpointException if it is not sound
   */
  static SafeTensorsJson parse(Path file, byte[] utf8) {
    SafeTensorsJson json = new SafeTensorsJson(file);
    // a decoder of our own: Jackson takes UTF-16, byte order marks and halves of characters, too
    try (JsonParser parser =
        JSON.createParser(
            new InputStreamReader(
                new ByteArrayInputStream(utf8), StandardCharsets.UTF_8.newDecoder()))) {
      json.read(parser);
    } catch (CharacterCodingException e) {
      throw new CheckpointException(file, "has a header that is no UTF-8", e);
    } catch (IOException e) {
      throw new CheckpointException(file, "is no sound safetensors file: " + e.getMessage(), e);
    }
    return json;
  }

  /** All tensors by name, in the order of the header. */
  Map<String, SafeTensors.Entry> entries() {
    return entries;
  }

  /** Where the values of each tensor lie, from the start of the data. */
  Map<String, FileRange> ranges() {
    return ranges;
  }

  /** Free text, by name. */
  Map<String, String> metadata() {
    return metadata;
  }

  private void read(JsonParser parser) throws IOException {
    expect(parser.nextToken(), JsonToken.START_OBJECT, "the header");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = whole(parser.currentName());
      JsonToken value = parser.nextToken();
      if (name.equals(SafeTensorsHeader.METADATA)) {
        readMetadata(parser, value);
      } else {
        expect(value, JsonToken.START_OBJECT, name);
        readTensor(parser, name);
      }
    }
    if (parser.nextToken() != null) {
      throw new CheckpointException(file, "has more than one JSON value in its header");
    }
  }

  private void readMetadata(JsonParser parser, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    expect(value, JsonToken.START_OBJECT, SafeTensorsHeader.METADATA);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = whole(parser.currentName());
      expect(parser.nextToken(), JsonToken.VALUE_STRING, SafeTensorsHeader.METADATA + "." + key);
      allowance.charge(2 * Allowance.OBJECT);
      allowance.chargeText(key.length() + parser.getTextLength());
      metadata.put(key, whole(parser.getText()));
    }
  }

  private void readTensor(JsonParser parser, String name) throws IOException {
    Fields fields = new Fields();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = whole(parser.currentName());
      JsonToken value = parser.nextToken();
      switch (key) {
        case "dtype" -> {
          expect(value, JsonToken.VALUE_STRING, name);
          fields.type = type(name, parser.getText());
        }
        case "shape" -> fields.shape = numbers(parser, name);
        case "data_offsets" -> fields.offsets = numbers(parser, name);
        default -> {
          fields.unknown = key;
          skip(parser);
        }
      }
    }
    add(name, fields);
  }

  private void add(String name, Fields fields) {
    String type = fields.type;
    long[] shape = fields.shape;
    long[] offsets = fields.offsets;
    if (type == null || shape == null || offsets == null || offsets.length != 2) {
      throw fault(name, "needs a dtype, a shape and two data_offsets");
    }
    FileRange range = new FileRange(offsets[0], offsets[1] - offsets[0]);
    SafeTensors.Entry entry = entry(name, fields, range.size());
    if (range.size() < 0 || range.size() != entry.bytes()) {
      throw fault(
          name,
          String.format(
              Locale.ROOT,
              "is %s and needs %d bytes but has the offsets %s",
              entry,
              entry.bytes(),
              Arrays.toString(offsets)));
    }
    allowance.charge(6 * Allowance.OBJECT);
    allowance.chargeText(name.length() + (long) Long.BYTES * shape.length);
    entries.put(name, entry);
    ranges.put(name, range);
  }

  /** What is known of a type decides how many bytes it needs; of others we have to believe it. */
  private SafeTensors.Entry entry(String name, Fields fields, long size) {
    String type = Objects.requireNonNull(fields.type);
    long[] shape = Objects.requireNonNull(fields.shape);
    try {
      SafeTensorsHeader.elements(shape);
      Optional<DType> dtype =
          Arrays.stream(DType.values()).filter(known -> known.name().equals(type)).findFirst();
      long bytes = dtype.isPresent() ? new SafeTensors.Entry(dtype.get(), shape).bytes() : size;
      return new SafeTensors.Entry(type, shape, bytes, obstacle(dtype.isPresent(), fields));
    } catch (ArithmeticException e) {
      throw fault(name, "is larger than any file: " + type + Arrays.toString(shape));
    }
  }

  private static String obstacle(boolean knownType, Fields fields) {
    if (!knownType) {
      return "its type is not known here";
    }
    if (!fields.unknown.isEmpty()) {
      return "its field '" + fields.unknown + "' is not known here";
    }
    return Objects.requireNonNull(fields.shape).length > MAX_SIDES
        ? String.format(Locale.ROOT, "it has more than %d sides", MAX_SIDES)
        : "";
  }

  private String type(String name, String text) {
    if (!TYPE.matcher(text).matches()) {
      throw fault(
          name,
          String.format(
              Locale.ROOT,
              "has the dtype '%s'; known are %s",
              text,
              Arrays.toString(DType.values())));
    }
    return text;
  }

  private long[] numbers(JsonParser parser, String name) throws IOException {
    expect(parser.currentToken(), JsonToken.START_ARRAY, name);
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, name);
      long number = parser.getLongValue();
      if (number < 0) {
        throw fault(name, "has the negative number " + number + " in its shape or offsets");
      }
      allowance.charge(2 * Allowance.SLOT);
      numbers.add(number);
    }
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  /** Steps over a value of any kind. */
  private void skip(JsonParser parser) throws IOException {
    int depth = 0;
    for (JsonToken token = parser.currentToken(); ; token = parser.nextToken()) {
      allowance.charge(Allowance.OBJECT); // names are remembered, to find those given twice
      if (token == JsonToken.FIELD_NAME) {
        allowance.chargeText(whole(parser.currentName()).length());
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth == 0) {
        return;
      }
    }
  }

  /** Half of a character makes a name that no other program can write or find. */
  private String whole(String text) {
    if (LONE_SURROGATE.matcher(text).find()) {
      throw new CheckpointException(
          file, "has a text in its header with a lone surrogate, half of a character");
    }
    return text;
  }

  private void expect(@Nullable JsonToken found, JsonToken wanted, String name) {
    if (found != wanted) {
      throw fault(
          name, String.format(Locale.ROOT, "has %s where the header needs %s", found, wanted));
    }
  }

  private CheckpointException fault(String name, String message) {
    return new CheckpointException(file, name, message);
  }
}
