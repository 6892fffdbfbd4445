package dev.mtlora.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Temporary: gives way to SafeTensors. */
final class TensorFile {
  private TensorFile() {}

  static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    ObjectNode header = new ObjectMapper().createObjectNode();
    long at = 0;
    for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
      Tensor t = e.getValue();
      ObjectNode n = header.putObject(e.getKey());
      n.put("dtype", t.dtype().name());
      for (long s : t.shape()) {
        n.withArray("shape").add(s);
      }
      n.withArray("shape");
      n.withArray("data_offsets").add(at).add(at += t.count() * t.dtype().bytes());
    }
    byte[] json = new ObjectMapper().writeValueAsBytes(header);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(out, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).flip());
      write(out, ByteBuffer.wrap(json));
      for (Tensor t : tensors.values()) {
        write(out, t.toBytes());
      }
      out.force(true);
    }
  }

  private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  static Map<String, Tensor> read(Path file) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) all.getLong(0);
    byte[] json = new byte[length];
    all.get(8, json);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> e : new ObjectMapper().readTree(json).properties()) {
      JsonNode n = e.getValue();
      long[] shape = new long[n.get("shape").size()];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = n.get("shape").get(i).asLong();
      }
      int from = n.get("data_offsets").get(0).asInt();
      int to = n.get("data_offsets").get(1).asInt();
      ByteBuffer part = all.slice(8 + length + from, to - from);
      tensors.put(e.getKey(), Tensor.of(part, DType.valueOf(n.get("dtype").asText()), shape));
    }
    return tensors;
  }
}
