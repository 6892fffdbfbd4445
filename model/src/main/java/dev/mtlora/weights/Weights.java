package dev.mtlora.weights;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Module;
import dev.mtlora.spec.TableResize;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Files of weights alone: a whole model, or a backbone to start from; {@link AdapterFile} for what
 * adapting it has changed.
 *
 * <p>Loading is strict: whatever is missing, unexpected or mis-shaped is reported in one {@link
 * CheckpointException}, and then nothing has been changed.
 */
public final class Weights {
  private static final String BACKBONE = "backbone.";
  private static final Pattern LAYER = Pattern.compile("\\.(weight|bias)$");

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
   * checkpoint of the same model. The reference calls the layers of an adapted kind {@code
   * X.linear} also where their rank is 0, and so nothing is added to them.
   *
   * @throws CheckpointException if the file does not hold exactly this module's state
   */
  public static void load(Path file, Module module) {
    try (TensorSource source = TensorSource.open(file)) {
      load(source, module);
    }
  }

  /** The same from a file that is open. */
  public static void load(TensorSource source, Module module) {
    try (Scope scope = Scope.inference()) {
      new StrictLoading(KeyMap.read(source))
          .renamed(name -> LAYER.matcher(name).replaceFirst(".linear.$1"))
          .into(module.state(), module.shrinking());
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
   * @param file see {@link WeightsFile}
   * @param backbone of the same family
   * @throws CheckpointException if the file does not hold exactly this backbone
   */
  public static void loadBackbone(Path file, Backbone backbone) {
    loadBackbone(file, backbone, TableResize.REFERENCE);
  }

  /**
   * The same.
   *
   * @param tables how those of relative positions are resized
   */
  public static void loadBackbone(Path file, Backbone backbone, TableResize tables) {
    try (TensorSource opened = TensorSource.open(file)) {
      loadBackbone(BackboneFile.of(opened), backbone, tables);
    }
  }

  private static void loadBackbone(BackboneFile file, Backbone backbone, TableResize tables) {
    file.requireFamily(backbone.settings());
    try (Scope scope = Scope.inference()) {
      TensorSource source = backboneOf(file.tensors());
      new StrictLoading(source)
          .renamed(name -> name.replace(".linear.", "."))
          .absent(AddedNames::isAdded)
          .resizingPositions(tables)
          .into(backbone.state(), backbone.shrinking());
      backbone.loaded(source.entries().keySet());
    }
  }

  /**
   * Loads what a training starts from: the backbone as {@link #loadBackbone} does, and if the file
   * holds necks and decoders of the same names and shapes as the model's, those too.
   *
   * @param file see {@link WeightsFile}
   * @param tables how those of relative positions are resized
   * @throws CheckpointException if the file does not hold exactly this backbone
   */
  public static LoadedWeights loadStart(Path file, MultiTaskModel model, TableResize tables) {
    try (TensorSource opened = TensorSource.open(file)) {
      return loadStart(BackboneFile.of(opened), model, tables);
    }
  }

  private static LoadedWeights loadStart(
      BackboneFile file, MultiTaskModel model, TableResize tables) {
    MappedSource mapped = file.tensors();
    MappedSource heads = headsOf(mapped);
    Map<String, Tensor> own = model.state();
    own.keySet().removeIf(name -> name.startsWith(BACKBONE));
    List<String> strange = strange(heads, own);
    loadBackbone(file, model.backbone(), tables);
    boolean taken = !heads.entries().isEmpty() && strange.isEmpty();
    if (taken) {
      try (Scope scope = Scope.inference()) {
        new StrictLoading(heads).into(own);
      }
    }
    Map<String, String> leftOut = new LinkedHashMap<>(mapped.leftOut());
    leftOut.putAll(backboneOf(mapped).leftOut());
    return new LoadedWeights(
        mapped.entries().keySet().stream().anyMatch(AddedNames::isAdded),
        taken,
        strange,
        leftOut,
        DescribedShape.difference(file));
  }

  private static MappedSource headsOf(MappedSource mapped) {
    MappedSource heads = new MappedSource(mapped);
    boolean whole = mapped.entries().keySet().stream().anyMatch(name -> name.startsWith(BACKBONE));
    mapped.entries().keySet().stream()
        .filter(name -> whole && !name.startsWith(BACKBONE))
        .forEach(name -> heads.rename(name, name));
    return heads;
  }

  /** Heads of a file that the model has not, or has in other shapes, and those that it lacks. */
  private static List<String> strange(TensorSource heads, Map<String, Tensor> own) {
    if (heads.entries().isEmpty()) {
      return List.of();
    }
    Set<String> names = new TreeSet<>(own.keySet());
    names.addAll(heads.entries().keySet());
    names.removeIf(
        name -> {
          Tensor tensor = own.get(name);
          SafeTensors.Entry entry = heads.entries().get(name);
          return tensor != null && entry != null && Arrays.equals(tensor.shape(), entry.shape());
        });
    return List.copyOf(names);
  }

  /** The part of a whole model, or of a classifier, that is a backbone. */
  private static MappedSource backboneOf(TensorSource source) {
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
