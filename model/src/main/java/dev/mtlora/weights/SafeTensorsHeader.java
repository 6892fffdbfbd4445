package dev.mtlora.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The checked header of a safetensors file; nothing in it is believed before it fits the file. */
public final class SafeTensorsHeader {
  static final String METADATA = "__metadata__";
  static final int PREFIX = Long.BYTES;
  static final int MAX_LENGTH = 100_000_000;

  private final Path file;
  private final FileRange data;
  private final SafeTensorsJson json;

  private SafeTensorsHeader(Path file, FileRange data, SafeTensorsJson json) {
    this.file = file;
    this.data = data;
    this.json = json;
    checkCover();
  }

  /** Reads and checks the header of a file that is open. */
  public static SafeTensorsHeader read(OpenFile file) throws IOException {
    byte[] json = json(file.path(), file.channel());
    long begin = (long) PREFIX + json.length;
    FileRange data = new FileRange(begin, file.channel().size() - begin);
    return new SafeTensorsHeader(file.path(), data, SafeTensorsJson.parse(file.path(), json));
  }

  /** Types and shapes by name. */
  public Map<String, SafeTensors.Entry> entries() {
    return Collections.unmodifiableMap(json.entries());
  }

  /** What the file says of itself. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(json.metadata());
  }

  /** All values, from the start of the file. */
  public FileRange data() {
    return data;
  }

  /** Where the values of a tensor lie, from the start of the file. */
  public FileRange range(String name) {
    FileRange range = json.ranges().get(name);
    if (range == null) {
      throw new CheckpointException(file, name, "is not in the file");
    }
    return new FileRange(data.begin() + range.begin(), range.size());
  }

  /**
   * Product of the sides, in their order; what overflows fails, even if a 0 follows.
   *
   * @throws ArithmeticException if it is too large
   */
  public static long elements(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  private static byte[] json(Path file, FileChannel channel) throws IOException {
    if (channel.size() < PREFIX) {
      throw new CheckpointException(file, "is too short for a safetensors file; is it truncated?");
    }
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX).order(ByteOrder.LITTLE_ENDIAN);
    OpenFile.fill(channel, prefix, 0);
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
    OpenFile.fill(channel, json, PREFIX);
    return json.array();
  }

  /** The tensors must tile the data: no hole to hide something in, no byte read twice. */
  private void checkCover() {
    List<Map.Entry<String, FileRange>> sorted = new ArrayList<>(json.ranges().entrySet());
    sorted.sort(
        Comparator.comparingLong((Map.Entry<String, FileRange> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long at = 0;
    for (Map.Entry<String, FileRange> next : sorted) {
      FileRange range = next.getValue();
      if (range.begin() != at) {
        throw new CheckpointException(
            file,
            next.getKey(),
            String.format(
                Locale.ROOT,
                "starts at byte %d of the data but what lies before it ends at %d",
                range.begin(),
                at));
      }
      if (range.end() > data.size()) {
        throw new CheckpointException(
            file,
            next.getKey(),
            String.format(
                Locale.ROOT,
                "ends at byte %d but the file has only %d; is it truncated?",
                range.end(),
                data.size()));
      }
      at = range.end();
    }
    if (at != data.size()) {
      throw new CheckpointException(
          file,
          String.format(
              Locale.ROOT, "has %d bytes of data but its tensors take %d", data.size(), at));
    }
  }
}
