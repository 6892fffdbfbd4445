package dev.mtlora.weights;

import dev.mtlora.files.Sha256;
import dev.mtlora.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A file of named tensors in the safetensors format: 8 bytes with the length of a JSON header, the
 * header, then the raw little-endian values.
 *
 * <p>Opening reads and checks the header only: names are unique, and the byte ranges lie in the
 * file, agree with dtype and shape, and cover it without a hole or an overlap. Values are read when
 * asked for, one tensor at a time, so a file may be far larger than memory. Before the first of
 * them, the data is compared with its SHA-256, which files of ours keep in their metadata.
 *
 * <p>The file stays open until {@link #close}: all values are those of one file, also if its name
 * is given to another meanwhile. Nothing is mapped: a file that is cut short while we read is an
 * error and not a crash. Safe to use from several threads.
 */
public final class SafeTensors implements TensorSource {
  /** Where the metadata keep the hash of the data, in hexadecimal digits. */
  static final String SHA256 = "sha256";

  private final OpenFile file;
  private final SafeTensorsHeader header;
  private boolean checked;

  private SafeTensors(OpenFile file, SafeTensorsHeader header) {
    this.file = file;
    this.header = header;
  }

  /**
   * What a file says of a tensor.
   *
   * @param type what the file calls the type of the values: {@code F32}
   * @param shape sides, each 0 or more; empty for a single value
   * @param bytes size of all values
   * @param obstacle why the values cannot be read; empty if they can
   */
  public record Entry(String type, long[] shape, long bytes, String obstacle) {
    /** Keeps a copy of the shape. */
    public Entry {
      shape = shape.clone();
    }

    /**
     * A tensor that can be read.
     *
     * @throws ArithmeticException if it is larger than any file
     */
    public Entry(DType dtype, long[] shape) {
      this(
          dtype.name(),
          shape,
          Math.multiplyExact(SafeTensorsHeader.elements(shape), dtype.bytes()),
          "");
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }

    /** True if the values can be read. */
    public boolean isReadable() {
      return obstacle.isEmpty();
    }

    /**
     * Type of the values.
     *
     * @throws IllegalStateException if they cannot be read
     */
    public DType dtype() {
      if (!isReadable()) {
        throw new IllegalStateException(this + " cannot be read: " + obstacle);
      }
      return DType.valueOf(type);
    }

    /** True if it holds floating-point values that can be read. */
    public boolean isFloat() {
      return isReadable() && dtype().isFloat();
    }

    /** Says so, and what to do; to be continued from the tensor's name. */
    String unreadable() {
      return String.format(
          Locale.ROOT,
          "is %s, which cannot be read here: %s; convert it in Python to one of %s",
          this,
          obstacle,
          Arrays.toString(DType.values()));
    }

    /** The same type of values in another shape. */
    Entry with(long[] sides, long size) {
      return new Entry(type, sides, size, obstacle);
    }

    @Override
    public String toString() {
      return type + Arrays.toString(shape);
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

    /** Integers or truth values stored as any other type, which must hold the values. */
    public static Source of(DType dtype, long[] values, long... shape) {
      if (dtype.isFloat()) {
        throw new IllegalArgumentException("integers cannot be stored as " + dtype);
      }
      return new Source(new Entry(dtype, shape), () -> Values.bytes(dtype, values));
    }
  }

  /**
   * Opens a file, which the caller closes; reads and checks its header.
   *
   * @throws CheckpointException if the file cannot be read or is no sound safetensors file
   */
  public static SafeTensors open(Path file) {
    return OpenFile.open(file, opened -> new SafeTensors(opened, SafeTensorsHeader.read(opened)));
  }

  /**
   * Writes a file that appears complete or not at all: under a temporary name beside it, flushed to
   * the disk, then renamed over what was there. Its metadata get the SHA-256 of the data.
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
    return file.path();
  }

  @Override
  public Map<String, Entry> entries() {
    return header.entries();
  }

  /** The free text of the file, by name. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public void close() {
    file.close();
  }

  /**
   * The values of a floating-point tensor, row-major; F64 is rounded to float, F16 and BF16 are
   * widened.
   */
  public float[] floats(String name) {
    Entry entry = entry(name);
    DType dtype = entry.dtype();
    if (!dtype.isFloat()) {
      throw new CheckpointException(file(), name, "holds " + entry + " but floats are needed");
    }
    float[] values = new float[length(entry, name, dtype.bytes())];
    read(name, (part, at) -> Values.floats(dtype, part, values, (int) (at / dtype.bytes())));
    return values;
  }

  /**
   * The values of an integer or truth-value tensor, row-major; U8 is 0..255, BOOL 0 or 1.
   *
   * @throws CheckpointException also if a U64 is larger than the largest long
   */
  public long[] longs(String name) {
    Entry entry = entry(name);
    DType dtype = entry.dtype();
    if (dtype.isFloat()) {
      throw new CheckpointException(file(), name, "holds " + entry + " but integers are needed");
    }
    long[] values = new long[length(entry, name, dtype.bytes())];
    read(name, (part, at) -> Values.longs(dtype, part, values, (int) (at / dtype.bytes())));
    return values;
  }

  @Override
  public ByteBuffer bytes(String name) {
    int length = length(entry(name), name, 1);
    ByteBuffer all = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    read(name, (part, at) -> all.put(part));
    return all.flip();
  }

  /** What is there and can be read. */
  private Entry entry(String name) {
    Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new CheckpointException(file(), name, "is not in the file");
    }
    if (!entry.isReadable()) {
      throw new CheckpointException(file(), name, entry.unreadable());
    }
    return entry;
  }

  private int length(Entry entry, String name, int unit) {
    long length = entry.bytes() / unit;
    if (length > Integer.MAX_VALUE - 8) {
      throw new CheckpointException(file(), name, "is too large for one array: " + entry);
    }
    return (int) length;
  }

  private void read(String name, OpenFile.Part part) {
    try {
      check();
      file.read(header.range(name), part);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file(), name, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new CheckpointException(file(), "'" + name + "' cannot be read: " + e, e);
    }
  }

  /** Compares the data with its hash, once, before the first values. */
  private synchronized void check() throws IOException {
    String written = header.metadata().get(SHA256);
    if (checked || written == null) {
      return;
    }
    MessageDigest digest = Sha256.digest();
    file.read(header.data(), (part, at) -> digest.update(part));
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(written)) {
      throw new CheckpointException(
          file(),
          String.format(
              Locale.ROOT,
              "holds values with the SHA-256 %s, but %s was written; the file is damaged: copy it"
                  + " again, or take another (of a run: best, last or last-STEP)",
              found,
              written));
    }
    checked = true;
  }
}
