package dev.mtlora.weights;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Tensors in safetensors files, whole files at a time. */
final class TensorFile {
  private TensorFile() {}

  /** Writes tensors as they are. */
  static void write(Path file, Map<String, Tensor> tensors) {
    Map<String, SafeTensors.Source> sources = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> sources.put(name, source(tensor)));
    SafeTensors.write(file, Map.of(), sources);
  }

  /**
   * A tensor in the type that a file is to hold.
   *
   * @throws CheckpointException if float16 cannot hold it
   */
  static Tensor rounded(Path file, String name, Tensor tensor, DType floats) {
    Tensor rounded = tensor.to(floats);
    if (floats == DType.F16 && !rounded.isAllFinite()) {
      throw new CheckpointException(
          file, name, "has values that float16 cannot hold (it ends at 65504): store it in F32");
    }
    return rounded;
  }

  /** A tensor that is written when its turn comes. */
  static SafeTensors.Source source(Tensor tensor) {
    return new SafeTensors.Source(
        new SafeTensors.Entry(tensor.dtype(), tensor.shape()), tensor::toBytes);
  }

  /** Reads all tensors of a file into the scope that is open. */
  static Map<String, Tensor> read(TensorSource source) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    source.entries().keySet().forEach(name -> tensors.put(name, read(source, name)));
    return tensors;
  }

  /** Reads one tensor into the scope that is open. */
  static Tensor read(TensorSource source, String name) {
    SafeTensors.Entry entry = Objects.requireNonNull(source.entries().get(name), name);
    return Tensor.of(source.bytes(name), entry.dtype(), entry.shape());
  }
}
