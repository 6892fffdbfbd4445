package dev.mtlora.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.mtlora.files.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Writes safetensors files; see {@link SafeTensors#write}. */
public final class SafeTensorsWriter {
  private static final int ALIGNMENT = 8;

  /** Keeps the place of the hash, which is known when all is written. */
  private static final String NO_HASH = "0".repeat(64);

  private SafeTensorsWriter() {}

  /** Writes a file of tensors, whole or not at all. */
  public static void write(
      Path file, Map<String, String> metadata, Map<String, SafeTensors.Source> tensors) {
    AtomicFile.write(
        file,
        channel -> {
          MessageDigest digest = Sha256.digest();
          writeAll(channel, header(metadata, NO_HASH, tensors));
          for (Map.Entry<String, SafeTensors.Source> tensor : tensors.entrySet()) {
            ByteBuffer bytes = checkedBytes(tensor.getKey(), tensor.getValue());
            digest.update(bytes.duplicate());
            writeAll(channel, bytes);
          }
          channel.position(0);
          writeAll(channel, header(metadata, HexFormat.of().formatHex(digest.digest()), tensors));
        });
  }

  /** The bytes of a tensor, as many as it needs. */
  public static ByteBuffer checkedBytes(String name, SafeTensors.Source source) {
    ByteBuffer bytes = source.bytes().get();
    if (bytes.remaining() != source.entry().bytes()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "'%s' is %s and needs %d bytes but has %d",
              name,
              source.entry(),
              source.entry().bytes(),
              bytes.remaining()));
    }
    return bytes;
  }

  private static ByteBuffer header(
      Map<String, String> metadata, String hash, Map<String, SafeTensors.Source> tensors)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put(SafeTensors.SHA256, hash);
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(json)) {
      out.writeStartObject();
      out.writeObjectFieldStart(SafeTensorsHeader.METADATA);
      for (Map.Entry<String, String> entry : all.entrySet()) {
        out.writeStringField(entry.getKey(), entry.getValue());
      }
      out.writeEndObject();
      writeEntries(out, tensors);
      out.writeEndObject();
    }
    int length = (json.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header =
        ByteBuffer.allocate(SafeTensorsHeader.PREFIX + length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.fill(header.array(), (byte) ' ');
    header.putLong(length).put(json.toByteArray());
    return header.rewind();
  }

  private static void writeEntries(JsonGenerator out, Map<String, SafeTensors.Source> tensors)
      throws IOException {
    long at = 0;
    for (Map.Entry<String, SafeTensors.Source> tensor : tensors.entrySet()) {
      if (tensor.getKey().equals(SafeTensorsHeader.METADATA)) {
        throw new IllegalArgumentException("no tensor can be called " + tensor.getKey());
      }
      SafeTensors.Entry entry = tensor.getValue().entry();
      long end = Math.addExact(at, entry.bytes());
      out.writeObjectFieldStart(tensor.getKey());
      out.writeStringField("dtype", entry.type());
      out.writeFieldName("shape");
      out.writeArray(entry.shape(), 0, entry.shape().length);
      out.writeFieldName("data_offsets");
      out.writeArray(new long[] {at, end}, 0, 2);
      out.writeEndObject();
      at = end;
    }
  }

  /** Writes all that remains. */
  public static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
