package dev.mtlora.testing;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mtlora.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A safetensors file of reference numbers, read whole; small files only. */
public final class GoldenFile {
  private final Path path;
  private final Map<String, JsonNode> entries = new TreeMap<>();
  private final ByteBuffer data;

  private GoldenFile(Path path) throws IOException {
    this.path = path;
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(file.getLong())];
    file.get(header);
    JsonNode json = new ObjectMapper().readTree(new String(header, StandardCharsets.UTF_8));
    json.properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
    entries.remove("__metadata__");
    data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads a file. */
  public static GoldenFile open(Path path) {
    try {
      return new GoldenFile(path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  /** The path of a test resource such as {@code golden/gen/case.json}. */
  public static Path resource(String name) {
    URL url = GoldenFile.class.getResource("/" + name);
    if (url == null) {
      throw new IllegalArgumentException("no test resource is named " + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("test resource " + name + " is not a file: " + url, e);
    }
  }

  /** Names of all tensors, sorted. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** The sides of one tensor. */
  public long[] shape(String name) {
    JsonNode sides = entry(name).get("shape");
    long[] shape = new long[sides.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sides.get(i).asLong();
    }
    return shape;
  }

  /** The values of one F32, I64 or U8 tensor, row-major. */
  public float[] floats(String name) {
    JsonNode entry = entry(name);
    int begin = entry.get("data_offsets").get(0).asInt();
    int end = entry.get("data_offsets").get(1).asInt();
    ByteBuffer bytes = data.slice(begin, end - begin).order(ByteOrder.LITTLE_ENDIAN);
    String dtype = entry.get("dtype").asText();
    float[] values;
    switch (dtype) {
      case "F32" -> {
        values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
      }
      case "I64" -> {
        values = new float[bytes.remaining() / Long.BYTES];
        for (int i = 0; i < values.length; i++) {
          values[i] = bytes.getLong();
        }
      }
      case "U8" -> {
        values = new float[bytes.remaining()];
        for (int i = 0; i < values.length; i++) {
          values[i] = Byte.toUnsignedInt(bytes.get());
        }
      }
      default -> throw new IllegalArgumentException(name + " in " + path + " has type " + dtype);
    }
    return values;
  }

  /** One tensor as F32, in the open scope. */
  public Tensor tensor(String name) {
    return Tensor.of(floats(name), shape(name));
  }

  /** The content of a JSON test resource, which may hold NaN. */
  public static JsonNode json(String resource) {
    JsonMapper mapper =
        JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
    try {
      return mapper.readTree(resource(resource).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }

  private JsonNode entry(String name) {
    JsonNode entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(path + " has no tensor " + name);
    }
    return entry;
  }
}
