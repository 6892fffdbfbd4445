package dev.mtlora.weights;

import dev.mtlora.files.Printable;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.DType;
import dev.mtlora.weights.torch.TorchFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A file of weights on its way into another format, with other names or its own. One tensor at a
 * time is in memory.
 *
 * @param tensors what will be written, by its new names
 * @param leftOut tensors of the file without a place in what will be written, and why
 * @param notes what else was done to fit the new names, a sentence each
 * @param folder for files of torch.save: the key under which their readers look for the tensors
 */
public record Conversion(
    TensorSource tensors, Map<String, String> leftOut, List<String> notes, String folder) {
  private static final List<String> TORCH = List.of(".pth", ".pt", ".bin");
  private static final String SAFETENSORS = ".safetensors";

  /**
   * Every tensor under the name it has.
   *
   * @throws CheckpointException if arrays lie where tensors belong
   */
  public static Conversion keepingNames(TensorSource source) {
    if (source.entries().isEmpty() && !source.arrays().isEmpty()) {
      throw OtherNetwork.noBackbone(source);
    }
    ModelInFile.in(source).forEach(model -> KeyReader.requireTensors(source, model));
    requireReadable(source);
    return new Conversion(source, Map.of(), List.of(), "");
  }

  /**
   * The model of a file under the names of a family.
   *
   * @throws CheckpointException if there is no backbone in it or several, if a name is none of its
   *     family's, or if a part of it is missing; if the family's models cannot hold it, or for a
   *     plain backbone if there are adapters
   */
  public static Conversion to(KeyMap map, TensorSource source) {
    ModelInFile model = ModelInFile.of(source).orElseThrow(() -> OtherNetwork.noBackbone(source));
    MappedSource ours = KeyMap.read(source);
    requireKnown(ours, model);
    if (map.rules(model.names()).names().isEmpty()) {
      throw new CheckpointException(
          source.file(),
          String.format(
              Locale.ROOT,
              "holds a %s, which cannot be written for %s: choose original or hf",
              model.names().family(),
              map.title(model.names())));
    }
    requireReadable(ours);
    if (map.isPlainBackbone()) {
      SharedStream.requireNoAdapters(ours);
    }
    MappedSource theirs = map.write(ours);
    Completion complete = new Completion(map, model.names(), theirs);
    Map<String, String> leftOut = new LinkedHashMap<>(theirs.leftOut());
    leftOut.putAll(ours.leftOut());
    boolean inModel = map == KeyMap.ORIGINAL || map == KeyMap.REFERENCE;
    return new Conversion(complete.tensors(), leftOut, complete.notes(), inModel ? "model" : "");
  }

  /**
   * A trained model under the names of a family. For those of plain backbones the shared stream is
   * what is left of the streams, and all that it has learnt is folded into the weights, exactly;
   * the model keeps that form.
   *
   * @param from where the model comes from, for messages
   * @param model tensors are read when they are written: its scope must be open until then
   * @throws CheckpointException if the family's models cannot hold it, or not what adapters have
   *     learnt
   */
  public static Conversion of(KeyMap map, Path from, MultiTaskModel model) {
    if (!map.isPlainBackbone()) {
      return to(map, MemorySource.of(from, model.state()));
    }
    SharedStream shared = SharedStream.of(from, model);
    Conversion made = to(map, shared.tensors());
    Map<String, String> leftOut = new LinkedHashMap<>(shared.leftOut());
    leftOut.putAll(made.leftOut);
    List<String> notes = new ArrayList<>(shared.notes());
    notes.addAll(made.notes);
    return new Conversion(made.tensors, leftOut, notes, made.folder);
  }

  private static void requireReadable(TensorSource tensors) {
    tensors
        .entries()
        .forEach(
            (name, entry) -> {
              if (!entry.isReadable()) {
                throw new CheckpointException(tensors.file(), name, entry.unreadable());
              }
            });
  }

  private static void requireKnown(MappedSource ours, ModelInFile model) {
    List<String> missing = Families.missing(model.names(), ours.entries().keySet());
    if (!ours.strangers().isEmpty()) {
      throw new CheckpointException(
          ours.file(),
          String.format(
              Locale.ROOT,
              "holds a %s, but %d of its tensors have names that none has: %s; nothing was written."
                  + " Without --to all tensors keep their names",
              model.title(),
              ours.strangers().size(),
              Printable.some(ours.strangers())));
    }
    if (!missing.isEmpty()) {
      throw new CheckpointException(
          ours.file(),
          String.format(
              Locale.ROOT,
              "holds a part of a %s, %d tensors are missing: %s; nothing was written."
                  + " If it is one of several shards, name their index or folder",
              model.names().family(),
              missing.size(),
              Printable.some(missing)));
    }
  }

  /** The same with all floating-point values as F32, F16 or BF16. */
  public Conversion as(DType floats) {
    return new Conversion(new FloatsSource(tensors, floats), leftOut, notes, folder);
  }

  /** True if the ending of a file's name says which format to write. */
  public static boolean canWrite(Path file) {
    return isTorch(file) || file.toString().toLowerCase(Locale.ROOT).endsWith(SAFETENSORS);
  }

  /**
   * Writes a file, {@code .safetensors} or {@code .pth}, {@code .pt} and {@code .bin}; it appears
   * complete or not at all. Safetensors say in their metadata that they are PyTorch's, for
   * transformers wants to know.
   *
   * @throws IllegalArgumentException if the name ends otherwise
   * @throws CheckpointException if it cannot be written
   */
  public void write(Path file) {
    if (!canWrite(file)) {
      throw new IllegalArgumentException(
          file + " must end in .safetensors, .pth, .pt or .bin, which says what to write");
    }
    if (isTorch(file)) {
      TorchFile.write(file, folder, tensors.sources());
    } else {
      SafeTensors.write(file, Map.of("format", "pt"), tensors.sources());
    }
  }

  private static boolean isTorch(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return TORCH.stream().anyMatch(name::endsWith);
  }
}
