package dev.mtlora.io;

import dev.mtlora.tensor.DType;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A file of named tensors in the safetensors format: 8 bytes with the length of a JSON header, the
 * header, then the raw little-endian values.
 *
 * <p>Opening reads and checks the header only: names are unique, and the byte ranges lie in the
 * file, agree with dtype and shape, and cover it without a hole or an overlap. Values are read when
 * asked for, one tensor at a time, so a file may be far larger than memory. Nothing stays open, and
 * nothing is mapped: a file may be replaced, also under Windows, and one that is cut short while we
 * read is an error and not a crash. Safe to use from several threads.
 */
public final class SafeTensors implements TensorSource {
  private static final int CHUNK = 1 << 20;

  private final Path file;
  private final SafeTensorsHeader header;

  private SafeTensors(Path file, SafeTensorsHeader header) {
    this.file = file;
    this.header = header;
  }

  /**
   * What the header says of a tensor.
   *
   * @param dtype type of the stored values
   * @param shape sides, each 0 or more; empty for a single value
   */
  public record Entry(DType dtype, long[] shape) {
    public Entry {
      shape = shape.clone();
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }

    @Override
    public String toString() {
      return dtype + Arrays.toString(shape);
    }
  }

  /**
   * A tensor to be written.
   *
   * @param entry its dtype and shape
   * @param bytes makes the little-endian values when their turn comes, so that not all of them need
   *     memory at once
   */
  public record Source(Entry entry, Supplier<ByteBuffer> bytes) {
    /** Floats stored as F64, F32, F16 or BF16; the halves round to nearest, ties to even. */
    public static Source of(DType dtype, float[] values, long... shape) {
      if (!dtype.isFloat()) {
        throw new IllegalArgumentException("floats cannot be stored as " + dtype);
      }
      return new Source(new Entry(dtype, shape), () -> Values.bytes(dtype, values));
    }

    /** Integers stored as I64, I32, I16, I8, U8 or BOOL, each of which must hold the values. */
    public static Source of(DType dtype, long[] values, long... shape) {
      if (dtype.isFloat()) {
        throw new IllegalArgumentException("integers cannot be stored as " + dtype);
      }
      return new Source(new Entry(dtype, shape), () -> Values.bytes(dtype, values));
    }
  }

  /**
   * Reads and checks the header of a file.
   *
   * @throws CheckpointException if the file cannot be read or is no sound safetensors file
   */
  public static SafeTensors open(Path file) {
    return new SafeTensors(file, SafeTensorsHeader.read(file));
  }

  /**
   * Writes a file that appears complete or not at all: under a temporary name beside it, flushed to
   * the disk, then renamed over what was there.
   *
   * @param metadata free text, by name
   * @param tensors what to write, in this order
   * @throws CheckpointException if it cannot be written; nothing is left behind
   */
  public static void write(Path file, Map<String, String> metadata, Map<String, Source> tensors) {
    SafeTensorsWriter.write(file, metadata, tensors);
  }

  @Override
  public String format() {
    return "safetensors";
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public Map<String, Entry> entries() {
    return header.entries();
  }

  /** The free text of the file, by name. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * The values of a floating-point tensor, row-major; F64 is rounded to float, F16 and BF16 are
   * widened.
   */
  public float[] floats(String name) {
    Entry entry = entry(name);
    if (!entry.dtype().isFloat()) {
      throw new CheckpointException(file, name, "holds " + entry + " but floats are needed");
    }
    float[] values = new float[length(name, entry.dtype().bytes())];
    read(name, entry, (chunk, at) -> Values.floats(entry.dtype(), chunk, values, at));
    return values;
  }

  /** The values of an integer or truth-value tensor, row-major; U8 is 0..255, BOOL 0 or 1. */
  public long[] longs(String name) {
    Entry entry = entry(name);
    if (entry.dtype().isFloat()) {
      throw new CheckpointException(file, name, "holds " + entry + " but integers are needed");
    }
    long[] values = new long[length(name, entry.dtype().bytes())];
    read(name, entry, (chunk, at) -> Values.longs(entry.dtype(), chunk, values, at));
    return values;
  }

  @Override
  public ByteBuffer bytes(String name) {
    ByteBuffer all = ByteBuffer.allocate(length(name, 1)).order(ByteOrder.LITTLE_ENDIAN);
    read(name, entry(name), (chunk, at) -> all.put(chunk));
    return all.flip();
  }

  private Entry entry(String name) {
    Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new CheckpointException(file, name, "is not in the file");
    }
    return entry;
  }

  private int length(String name, int unit) {
    long length = header.range(name).size() / unit;
    if (length > Integer.MAX_VALUE - 8) {
      throw new CheckpointException(file, name, "is too large for one array: " + entry(name));
    }
    return (int) length;
  }

  private interface ChunkReader {
    void accept(ByteBuffer chunk, int firstIndex);
  }

  private void read(String name, Entry entry, ChunkReader reader) {
    SafeTensorsHeader.Range range = header.range(name);
    ByteBuffer chunk =
        ByteBuffer.allocate((int) Math.min(CHUNK, range.size())).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long at = range.begin(); at < range.end(); at += chunk.limit()) {
        chunk.clear().limit((int) Math.min(CHUNK, range.end() - at));
        fill(channel, chunk, at);
        reader.accept(chunk.flip(), (int) ((at - range.begin()) / entry.dtype().bytes()));
      }
    } catch (IOException e) {
      throw new CheckpointException(file, "'" + name + "' cannot be read: " + e, e);
    }
  }

  static void fill(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, position + buffer.position());
      if (read < 0) {
        throw new EOFException("the file ends early");
      }
    }
  }
}
