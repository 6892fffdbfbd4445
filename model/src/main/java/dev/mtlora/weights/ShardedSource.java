package dev.mtlora.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * One model in several files, which an index names: {@code {"weight_map": {"a.weight":
 * "model-00001-of-00002.safetensors"}}}. The files lie beside the index.
 */
final class ShardedSource implements TensorSource {
  private static final String ENDING = ".index.json";
  private static final long MOST_BYTES = 64 << 20;
  private static final int MOST_SHARDS = 4096;

  private final Path index;
  private final Map<String, TensorSource> owners = new LinkedHashMap<>();
  private final Map<String, SafeTensors.Entry> entries = new LinkedHashMap<>();

  private ShardedSource(Path index, Map<String, String> map, Map<String, TensorSource> shards) {
    this.index = index;
    map.forEach(
        (name, shard) -> {
          TensorSource source = Objects.requireNonNull(shards.get(shard));
          SafeTensors.Entry entry = source.entries().get(name);
          if (entry == null) {
            throw new CheckpointException(
                index, name, "should be in " + shard + " but is not; fetch both files again");
          }
          owners.put(name, source);
          entries.put(name, entry);
        });
  }

  static boolean isIndex(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ENDING);
  }

  /**
   * Opens an index and the heads of its shards.
   *
   * @throws CheckpointException if it is none, or a shard or a tensor is missing
   */
  static ShardedSource open(Path index) {
    Map<String, String> map = map(index);
    Map<String, TensorSource> shards = new LinkedHashMap<>();
    try {
      map.values().forEach(shard -> shards.computeIfAbsent(shard, name -> open(index, name)));
      return new ShardedSource(index, map, shards);
    } catch (CheckpointException e) {
      shards.values().forEach(TensorSource::close);
      throw e;
    }
  }

  /** The files that an index names. */
  static List<Path> shards(Path index) {
    return map(index).values().stream().distinct().map(index::resolveSibling).toList();
  }

  private static TensorSource open(Path index, String shard) {
    Path file = index.resolveSibling(shard);
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(
          index, String.format(Locale.ROOT, "names the shard %s, which is not beside it", shard));
    }
    return FileFormat.of(file).open(file);
  }

  private static Map<String, String> map(Path index) {
    JsonNode map = read(index).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw new CheckpointException(
          index, "is no index of shards: it has no weight_map from tensors to files");
    }
    Map<String, String> files = new LinkedHashMap<>();
    map.properties().forEach(one -> files.put(one.getKey(), plain(index, one.getValue())));
    if (files.values().stream().distinct().count() > MOST_SHARDS) {
      throw new CheckpointException(index, "names more than " + MOST_SHARDS + " shards");
    }
    return files;
  }

  /** An index decides which of the files beside it are read, and no others. */
  private static String plain(Path index, JsonNode shard) {
    String name = shard.asText();
    if (!shard.isTextual() || name.isEmpty() || name.matches(".*[/\\\\\\p{Cntrl}:].*")) {
      throw new CheckpointException(
          index,
          "names the shard " + shard + ", but shards are files beside the index, without a folder");
    }
    return name;
  }

  private static JsonNode read(Path index) {
    try {
      if (Files.size(index) > MOST_BYTES) {
        throw new CheckpointException(index, "is larger than any index of shards");
      }
      return new ObjectMapper().readTree(Files.readAllBytes(index));
    } catch (IOException e) {
      throw new CheckpointException(index, "cannot be read: " + e, e);
    }
  }

  @Override
  public String format() {
    return "several shards";
  }

  @Override
  public Path file() {
    return index;
  }

  @Override
  public Map<String, SafeTensors.Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  @Override
  public ByteBuffer bytes(String name) {
    if (!owners.containsKey(name)) {
      throw new CheckpointException(index, name, "is not in the file");
    }
    return Objects.requireNonNull(owners.get(name)).bytes(name);
  }

  @Override
  public List<String> arrays() {
    List<String> arrays = new ArrayList<>();
    owners.values().stream().distinct().forEach(shard -> arrays.addAll(shard.arrays()));
    return arrays;
  }

  @Override
  public void close() {
    owners.values().stream().distinct().forEach(TensorSource::close);
  }
}
