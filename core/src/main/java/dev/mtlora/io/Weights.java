package dev.mtlora.io;

import dev.mtlora.nn.Module;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files of weights alone: a whole model, or a backbone to start from; {@link AdapterFile} for what
 * adapting it has changed.
 *
 * <p>Loading is strict: whatever is missing, unexpected or mis-shaped is reported in one {@link
 * CheckpointException}, and then nothing has been changed.
 */
public final class Weights {
  private static final String BACKBONE = "backbone.";

  private Weights() {}

  /**
   * Saves parameters and buffers of a module under its own names.
   *
   * @param floats type of the floating-point values in the file, F32 or F16; others stay as they
   *     are
   * @throws CheckpointException if the file cannot be written
   */
  public static void save(Path file, Module module, DType floats) {
    try (Scope scope = Scope.inference()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      module
          .state()
          .forEach((name, t) -> tensors.put(name, t.dtype().isFloat() ? t.to(floats) : t));
      TensorFile.write(file, tensors);
    }
  }

  /**
   * Loads a file that {@link #save} has written from a module of the same kind.
   *
   * @throws CheckpointException if the file does not hold exactly this module's state
   */
  public static void load(Path file, Module module) {
    try (Scope scope = Scope.inference()) {
      new StrictLoading(file.toString(), TensorFile.read(file)).into(module.state());
    }
  }

  /**
   * Loads a pre-trained backbone into a backbone adapted by any method: {@code X.weight} of the
   * file becomes {@code X.linear.weight} where the layer has adapters, and adapters that the file
   * lacks keep their initial values. Of a file with a whole model only {@code backbone.*} is read.
   *
   * @param backbone the module whose names start with {@code patch_embed} and {@code layers}
   * @throws CheckpointException if the file does not hold exactly this backbone
   */
  public static void loadBackbone(Path file, Module backbone) {
    try (Scope scope = Scope.inference()) {
      new StrictLoading(file.toString(), withoutPrefix(TensorFile.read(file)))
          .renamed(name -> name.replace(".linear.", "."))
          .absent(name -> name.contains(".lora_"))
          .into(backbone.state());
    }
  }

  private static Map<String, Tensor> withoutPrefix(Map<String, Tensor> tensors) {
    if (tensors.keySet().stream().noneMatch(name -> name.startsWith(BACKBONE))) {
      return tensors;
    }
    Map<String, Tensor> backbone = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(BACKBONE)) {
            backbone.put(name.substring(BACKBONE.length()), tensor);
          }
        });
    return backbone;
  }
}
