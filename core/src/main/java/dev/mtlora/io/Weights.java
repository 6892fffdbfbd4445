package dev.mtlora.io;

import dev.mtlora.nn.Module;
import dev.mtlora.peft.AddedNames;
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
   * @throws CheckpointException if the file cannot be written, or if F16 cannot hold a value
   */
  public static void save(Path file, Module module, DType floats) {
    try (Scope scope = Scope.inference()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      module
          .state()
          .forEach(
              (name, t) ->
                  tensors.put(
                      name, t.dtype().isFloat() ? TensorFile.rounded(file, name, t, floats) : t));
      TensorFile.write(file, tensors);
    }
  }

  /**
   * Loads a file that {@link #save} has written from a module of the same kind, or the reference's
   * checkpoint of the same model.
   *
   * @throws CheckpointException if the file does not hold exactly this module's state
   */
  public static void load(Path file, Module module) {
    try (TensorSource source = TensorSource.open(file)) {
      load(source, module);
    }
  }

  /** The same from a file that is open. */
  static void load(TensorSource source, Module module) {
    try (Scope scope = Scope.inference()) {
      new StrictLoading(KeyMap.read(source)).into(module.state(), module.shrinking());
    }
  }

  /**
   * Loads a pre-trained backbone into a backbone adapted by any method, from a file of any family
   * that {@link KeyMap} knows: {@code X.weight} of the file becomes {@code X.linear.weight} where
   * the layer has adapters, and adapters that the file lacks keep their initial values, or get
   * those that depend on the backbone. Tables of positions are resized to the backbone's window and
   * image. Of a file with a whole model only {@code backbone.*} is read, and of a classifier all
   * but its last norm and its head.
   *
   * @param backbone the module whose names start with {@code patch_embed} and {@code layers}
   * @throws CheckpointException if the file does not hold exactly this backbone
   */
  public static void loadBackbone(Path file, Module backbone) {
    try (Scope scope = Scope.inference();
        TensorSource opened = TensorSource.open(file)) {
      TensorSource source = backboneOf(KeyMap.read(opened));
      new StrictLoading(source)
          .renamed(name -> name.replace(".linear.", "."))
          .absent(AddedNames::isAdded)
          .resizingPositions()
          .into(backbone.state(), backbone.shrinking());
      backbone.loaded(source.entries().keySet());
    }
  }

  /** The part of a whole model, or of a classifier, that is a backbone. */
  private static TensorSource backboneOf(TensorSource source) {
    if (source.entries().keySet().stream().noneMatch(name -> name.startsWith(BACKBONE))) {
      return KeyMap.OURS.write(source);
    }
    MappedSource backbone = new MappedSource(source);
    for (String name : source.entries().keySet()) {
      if (name.startsWith(BACKBONE)) {
        backbone.rename(name.substring(BACKBONE.length()), name);
      }
    }
    return backbone;
  }
}
