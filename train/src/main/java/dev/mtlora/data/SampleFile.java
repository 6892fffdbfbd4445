package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;

/**
 * A sample, or a raster alone, as bytes, and back, bit by bit the same.
 *
 * <p>Big-endian: magic, version, CRC-32 and length of the body, then the body in DEFLATE. The body
 * is the id, the image, the number of labels, and a name and a raster for each. A raster is height,
 * width, channels, a kind, and its values: kind 0 as one byte each, if all are whole numbers
 * 0..255, else kind 1 as float32, all first bytes, then all second bytes and so on, which packs
 * better. In the raster of a label, pixels without a value hold the mark of the label ({@link
 * Label#mark}). Reading checks every length before it allocates.
 */
final class SampleFile {
  private static final int MAGIC = 0x4d544c53;
  private static final int VERSION = 1;
  private static final int HEADER = 16;
  private static final int MAX_BODY = 1 << 28;
  private static final int MOST_PACKED = 1032; // DEFLATE never packs better than this
  private static final byte BYTES = 0;
  private static final byte FLOATS = 1;

  private SampleFile() {}

  /** The file of a sample. */
  static byte[] encode(Sample sample) {
    return packed(out -> write(out, sample));
  }

  /** The file of a raster. */
  static byte[] encode(Raster raster) {
    return packed(out -> write(out, raster));
  }

  /** Writes a body. */
  @FunctionalInterface
  private interface Writer {
    void write(DataOutputStream out) throws IOException;
  }

  /** Reads a body. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  private static byte[] packed(Writer writer) {
    try {
      ByteArrayOutputStream unpacked = new ByteArrayOutputStream();
      writer.write(new DataOutputStream(unpacked));
      byte[] body = unpacked.toByteArray();
      ByteArrayOutputStream file = new ByteArrayOutputStream(body.length / 2);
      ByteBuffer header = ByteBuffer.allocate(HEADER);
      header.putInt(MAGIC).putInt(VERSION).putInt(checksum(body)).putInt(body.length);
      file.writeBytes(header.array());
      Deflater deflater = new Deflater(Deflater.BEST_SPEED);
      try (DeflaterOutputStream out = new DeflaterOutputStream(file, deflater)) {
        out.write(body);
      } finally {
        deflater.end();
      }
      return file.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
  }

  /**
   * The sample in a file.
   *
   * @param labels what the labels of every task in the file are
   * @throws DataException if the bytes are not a whole, undamaged sample; says what is wrong
   */
  static Sample decode(byte[] file, Map<String, Label> labels) {
    return unpacked(file, in -> sample(in, labels));
  }

  /** The raster in a file; fails as {@link #decode} does. */
  static Raster decodeRaster(byte[] file) {
    return unpacked(file, SampleFile::raster);
  }

  private static <T> T unpacked(byte[] file, Reader<T> reader) {
    ByteBuffer header = ByteBuffer.wrap(file);
    if (file.length < HEADER || header.getInt() != MAGIC) {
      throw new DataException("it is no sample file");
    }
    int version = header.getInt();
    if (version != VERSION) {
      throw new DataException(
          String.format(Locale.ROOT, "its version is %d, not %d", version, VERSION));
    }
    int checksum = header.getInt();
    int length = header.getInt();
    if (length < 0 || length > Math.min(MAX_BODY, (long) MOST_PACKED * file.length)) {
      throw new DataException(String.format(Locale.ROOT, "its length field says %d bytes", length));
    }
    byte[] body = inflate(file, length);
    if (checksum(body) != checksum) {
      throw new DataException("its checksum does not agree");
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      T read = reader.read(in);
      if (in.available() > 0) {
        throw new IOException(in.available() + " bytes too many");
      }
      return read;
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException("its contents are malformed: " + e.getMessage(), e);
    }
  }

  private static byte[] inflate(byte[] file, int length) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(file, HEADER, file.length - HEADER);
      byte[] body = new byte[length];
      int done = 0;
      int step = 1;
      while (done < length && step > 0) {
        step = inflater.inflate(body, done, length - done);
        done += step;
      }
      boolean more = inflater.inflate(new byte[1]) > 0;
      if (done < length || more || !inflater.finished() || inflater.getRemaining() > 0) {
        throw new DataException("it is cut short or too long");
      }
      return body;
    } catch (DataFormatException e) {
      throw new DataException("its compressed data is damaged", e);
    } finally {
      inflater.end();
    }
  }

  private static int checksum(byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(body);
    return (int) crc.getValue();
  }

  private static void write(DataOutputStream out, Sample sample) throws IOException {
    out.writeUTF(sample.id());
    write(out, sample.image());
    out.writeInt(sample.labels().size());
    for (Map.Entry<String, LabelMap> label : new TreeMap<>(sample.labels()).entrySet()) {
      out.writeUTF(label.getKey());
      write(out, label.getValue().stored());
    }
  }

  private static void write(DataOutputStream out, Raster raster) throws IOException {
    float[] values = raster.values();
    boolean small = fitsBytes(values);
    out.writeInt(raster.height());
    out.writeInt(raster.width());
    out.writeInt(raster.channels());
    out.writeByte(small ? BYTES : FLOATS);
    byte[] bytes = new byte[small ? values.length : 4 * values.length];
    for (int i = 0; i < values.length; i++) {
      if (small) {
        bytes[i] = (byte) values[i];
      } else {
        int bits = Float.floatToRawIntBits(values[i]);
        for (int plane = 0; plane < 4; plane++) {
          bytes[plane * values.length + i] = (byte) (bits >> 24 - 8 * plane);
        }
      }
    }
    out.write(bytes);
  }

  private static boolean fitsBytes(float[] values) {
    for (float v : values) {
      // Minus zero is told apart by its bits.
      if (Float.floatToRawIntBits(v) != Float.floatToRawIntBits((float) ((int) v & 255))) {
        return false;
      }
    }
    return true;
  }

  private static Sample sample(DataInputStream in, Map<String, Label> known) throws IOException {
    String id = in.readUTF();
    Raster image = raster(in);
    int count = in.readInt();
    Map<String, LabelMap> labels = new HashMap<>();
    for (int i = 0; i < count; i++) {
      String task = in.readUTF();
      Label label = known.get(task);
      if (label == null) {
        throw new IOException("a label of " + task);
      }
      labels.put(task, new LabelMap(label, raster(in)));
    }
    return new Sample(id, image, labels);
  }

  private static Raster raster(DataInputStream in) throws IOException {
    int height = in.readInt();
    int width = in.readInt();
    int channels = in.readInt();
    byte kind = in.readByte();
    int most = in.available();
    if (height < 1 || width < 1 || channels < 1 || (kind != BYTES && kind != FLOATS)) {
      throw new IOException(
          String.format(Locale.ROOT, "a raster of %d x %d x %d", height, width, channels));
    }
    // The first product fits a long, and is at most 2^28 before the second is formed.
    long pixels = (long) height * width;
    if (pixels > most || pixels * channels * (kind == BYTES ? 1 : 4) > most) {
      throw new IOException("a raster larger than the file");
    }
    float[] values = new float[(int) (pixels * channels)];
    byte[] bytes = in.readNBytes(kind == BYTES ? values.length : 4 * values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = kind == BYTES ? bytes[i] & 255 : joined(bytes, values.length, i);
    }
    return new Raster(height, width, channels, values);
  }

  private static float joined(byte[] bytes, int stride, int i) {
    int bits = 0;
    for (int plane = 0; plane < 4; plane++) {
      bits = bits << 8 | bytes[plane * stride + i] & 255;
    }
    return Float.intBitsToFloat(bits);
  }
}
