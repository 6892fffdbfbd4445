package dev.mtlora.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.mtlora.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checked header of a safetensors file; nothing in it is believed before it fits the file. */
final class SafeTensorsHeader {
  static final String METADATA = "__metadata__";
  static final int PREFIX = Long.BYTES;
  static final int MAX_LENGTH = 100_000_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // they come from anyone
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).build())
          .build();

  /** The most numbers in a shape. */
  private static final int MAX_NUMBERS = 64;

  private final Path file;
  private final long dataBegin;
  private final Allowance allowance;
  private final Map<String, SafeTensors.Entry> entries = new LinkedHashMap<>();
  private final Map<String, Range> ranges = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafeTensorsHeader(Path file, long dataBegin) {
    this.file = file;
    this.dataBegin = dataBegin;
    this.allowance = new Allowance(file);
  }

  /** Bytes {@code begin .. end-1}. */
  record Range(long begin, long end) {
    long size() {
      return end - begin;
    }
  }

  static SafeTensorsHeader read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer json = json(file, channel);
      SafeTensorsHeader header = new SafeTensorsHeader(file, PREFIX + json.limit());
      header.parse(json.array());
      header.checkCover(channel.size() - header.dataBegin);
      return header;
    } catch (NoSuchFileException e) {
      throw new CheckpointException(file, "does not exist", e);
    } catch (IOException e) {
      throw new CheckpointException(file, "is no sound safetensors file: " + e.getMessage(), e);
    }
  }

  Map<String, SafeTensors.Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** Where a tensor lies, counted from the start of the file. */
  Range range(String name) {
    Range range = ranges.get(name);
    if (range == null) {
      throw fault(name, "is not in the file");
    }
    return new Range(dataBegin + range.begin, dataBegin + range.end);
  }

  /** Product of the sides; fails instead of overflowing. */
  static long elements(long[] shape) {
    if (Arrays.stream(shape).anyMatch(side -> side == 0)) {
      return 0;
    }
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  private static ByteBuffer json(Path file, FileChannel channel) throws IOException {
    if (channel.size() < PREFIX) {
      throw new CheckpointException(file, "is too short for a safetensors file; is it truncated?");
    }
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX).order(ByteOrder.LITTLE_ENDIAN);
    SafeTensors.fill(channel, prefix, 0);
    long length = prefix.getLong(0);
    if (length < 2 || length > Math.min(MAX_LENGTH, channel.size() - PREFIX)) {
      throw new CheckpointException(
          file,
          String.format(
              Locale.ROOT,
              "says that its header has %s bytes, but 2..%d are allowed and the file has %d;"
                  + " is it truncated or no safetensors file?",
              Long.toUnsignedString(length),
              MAX_LENGTH,
              channel.size()));
    }
    ByteBuffer json = ByteBuffer.allocate((int) length);
    SafeTensors.fill(channel, json, PREFIX);
    return json.flip();
  }

  private void parse(byte[] json) throws IOException {
    try (JsonParser parser = JSON.createParser(json)) {
      expect(parser.nextToken(), JsonToken.START_OBJECT, "the header");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        expect(value, JsonToken.START_OBJECT, name);
        if (name.equals(METADATA)) {
          parseMetadata(parser);
        } else {
          parseTensor(parser, name);
        }
      }
      if (parser.nextToken() != null) {
        throw new CheckpointException(file, "has more than one JSON value in its header");
      }
    }
  }

  private void parseMetadata(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      expect(parser.nextToken(), JsonToken.VALUE_STRING, METADATA + "." + key);
      allowance.charge(2 * Allowance.OBJECT);
      allowance.chargeText(key.length() + parser.getTextLength());
      metadata.put(key, parser.getText());
    }
  }

  private void parseTensor(JsonParser parser, String name) throws IOException {
    DType dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (key) {
        case "dtype" -> {
          expect(value, JsonToken.VALUE_STRING, name);
          dtype = dtype(name, parser.getText());
        }
        case "shape" -> shape = numbers(parser, name);
        case "data_offsets" -> offsets = numbers(parser, name);
        default -> throw fault(name, "has the unknown entry '" + key + "'");
      }
    }
    add(name, dtype, shape, offsets);
  }

  private void add(
      String name, @Nullable DType dtype, long @Nullable [] shape, long @Nullable [] offsets) {
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw fault(name, "needs a dtype, a shape and two data_offsets");
    }
    SafeTensors.Entry entry = new SafeTensors.Entry(dtype, shape);
    Range range = new Range(offsets[0], offsets[1]);
    long bytes;
    try {
      bytes = Math.multiplyExact(elements(shape), dtype.bytes());
    } catch (ArithmeticException e) {
      throw fault(name, "is larger than any file: " + entry);
    }
    if (range.end < range.begin || range.size() != bytes) {
      throw fault(
          name,
          String.format(
              Locale.ROOT,
              "is %s and needs %d bytes but has the offsets %s",
              entry,
              bytes,
              Arrays.toString(offsets)));
    }
    allowance.charge(6 * Allowance.OBJECT);
    allowance.chargeText(name.length() + (long) Long.BYTES * shape.length);
    entries.put(name, entry);
    ranges.put(name, range);
  }

  private DType dtype(String name, String text) {
    for (DType candidate : DType.values()) {
      if (candidate.name().equals(text)) {
        return candidate;
      }
    }
    throw fault(
        name,
        String.format(
            Locale.ROOT,
            "has the dtype '%s'; known are %s",
            text,
            Arrays.toString(DType.values())));
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
      if (numbers.size() == MAX_NUMBERS) {
        throw fault(name, String.format(Locale.ROOT, "has more than %d sides", MAX_NUMBERS));
      }
      numbers.add(number);
    }
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private void expect(@Nullable JsonToken found, JsonToken wanted, String name) throws IOException {
    if (found != wanted) {
      throw fault(
          name, String.format(Locale.ROOT, "has %s where the header needs %s", found, wanted));
    }
  }

  /** The tensors must tile the data: no hole to hide something in, no byte read twice. */
  private void checkCover(long dataSize) {
    List<Map.Entry<String, Range>> sorted = new ArrayList<>(ranges.entrySet());
    sorted.sort(
        Comparator.comparingLong((Map.Entry<String, Range> e) -> e.getValue().begin)
            .thenComparingLong(e -> e.getValue().end));
    long at = 0;
    for (Map.Entry<String, Range> next : sorted) {
      Range range = next.getValue();
      if (range.begin != at) {
        throw fault(
            next.getKey(),
            String.format(
                Locale.ROOT,
                "starts at byte %d of the data but what lies before it ends at %d",
                range.begin,
                at));
      }
      if (range.end > dataSize) {
        throw fault(
            next.getKey(),
            String.format(
                Locale.ROOT,
                "ends at byte %d but the file has only %d; is it truncated?",
                range.end,
                dataSize));
      }
      at = range.end;
    }
    if (at != dataSize) {
      throw new CheckpointException(
          file,
          String.format(Locale.ROOT, "has %d bytes of data but its tensors take %d", dataSize, at));
    }
  }

  private CheckpointException fault(String name, String message) {
    return new CheckpointException(file, name, message);
  }
}
