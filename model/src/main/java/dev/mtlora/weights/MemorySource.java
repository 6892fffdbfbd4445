package dev.mtlora.weights;

import dev.mtlora.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Named tensors that lie in memory, or are made when their turn comes. */
final class MemorySource implements TensorSource {
  private final Path file;
  private final Map<String, SafeTensors.Source> tensors;
  private final Map<String, SafeTensors.Entry> entries = new LinkedHashMap<>();
  private final List<String> withoutTensors;

  /**
   * Tensors in this order.
   *
   * @param file what messages name as their origin
   * @param withoutTensors what else lies there
   */
  MemorySource(Path file, Map<String, SafeTensors.Source> tensors, List<String> withoutTensors) {
    this.file = file;
    this.tensors = new LinkedHashMap<>(tensors);
    this.withoutTensors = List.copyOf(withoutTensors);
    tensors.forEach((name, source) -> entries.put(name, source.entry()));
  }

  /** Tensors of a model, which must live until they are written. */
  static MemorySource of(Path file, Map<String, Tensor> tensors) {
    Map<String, SafeTensors.Source> sources = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> sources.put(name, TensorFile.source(tensor)));
    return new MemorySource(file, sources, List.of());
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public Map<String, SafeTensors.Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  @Override
  public List<String> withoutTensors() {
    return withoutTensors;
  }

  @Override
  public ByteBuffer bytes(String name) {
    SafeTensors.Source source = tensors.get(name);
    if (source == null) {
      throw new CheckpointException(file, name, "is not among the tensors");
    }
    return source.bytes().get();
  }

  @Override
  public String format() {
    return "a model in memory";
  }

  /** There is no file. */
  @Override
  public void close() {}
}
