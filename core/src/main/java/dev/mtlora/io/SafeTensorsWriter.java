package dev.mtlora.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** Writes safetensors files; see {@link SafeTensors#write}. */
final class SafeTensorsWriter {
  private static final int ALIGNMENT = 8;

  private SafeTensorsWriter() {}

  static void write(
      Path file, Map<String, String> metadata, Map<String, SafeTensors.Source> tensors) {
    AtomicFile.write(
        file,
        channel -> {
          writeAll(channel, header(metadata, tensors));
          for (Map.Entry<String, SafeTensors.Source> tensor : tensors.entrySet()) {
            writeAll(channel, checkedBytes(tensor.getKey(), tensor.getValue()));
          }
        });
  }

  /** The bytes of a tensor, as many as it needs. */
  static ByteBuffer checkedBytes(String name, SafeTensors.Source source) {
    ByteBuffer bytes = source.bytes().get();
    if (bytes.remaining() != size(source.entry())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "'%s' is %s and needs %d bytes but has %d",
              name,
              source.entry(),
              size(source.entry()),
              bytes.remaining()));
    }
    return bytes;
  }

  private static ByteBuffer header(
      Map<String, String> metadata, Map<String, SafeTensors.Source> tensors) throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(json)) {
      out.writeStartObject();
      if (!metadata.isEmpty()) {
        out.writeObjectFieldStart(SafeTensorsHeader.METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          out.writeStringField(entry.getKey(), entry.getValue());
        }
        out.writeEndObject();
      }
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
      long end = Math.addExact(at, size(entry));
      out.writeObjectFieldStart(tensor.getKey());
      out.writeStringField("dtype", entry.dtype().name());
      out.writeFieldName("shape");
      out.writeArray(entry.shape(), 0, entry.shape().length);
      out.writeFieldName("data_offsets");
      out.writeArray(new long[] {at, end}, 0, 2);
      out.writeEndObject();
      at = end;
    }
  }

  /** Bytes of a tensor. */
  static long size(SafeTensors.Entry entry) {
    return Math.multiplyExact(SafeTensorsHeader.elements(entry.shape()), entry.dtype().bytes());
  }

  static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
