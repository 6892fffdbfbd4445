package dev.mtlora.io;

import dev.mtlora.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors in and out of safetensors files. */
final class TensorFile {
  private TensorFile() {}

  static void write(Path file, Map<String, Tensor> tensors) {
    Map<String, SafeTensors.Source> sources = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          SafeTensors.Entry entry = new SafeTensors.Entry(tensor.dtype(), tensor.shape());
          sources.put(name, new SafeTensors.Source(entry, tensor::toBytes));
        });
    SafeTensors.write(file, Map.of(), sources);
  }

  /** All tensors of a file; they belong to the scope that is open. */
  static Map<String, Tensor> read(Path file) {
    SafeTensors in = SafeTensors.open(file);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    in.entries()
        .forEach(
            (name, entry) ->
                tensors.put(name, Tensor.of(in.bytes(name), entry.dtype(), entry.shape())));
    return tensors;
  }
}
