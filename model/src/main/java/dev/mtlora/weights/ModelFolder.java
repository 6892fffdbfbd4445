package dev.mtlora.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.image.Fit;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.spec.MemoryNeed;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.spec.bind.JsonText;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A folder with a trained model, whoever filled it: a training (then its best checkpoint, or the
 * last one), a checkpoint, a merged or saved model, or an adapter.
 *
 * @param weights where its tensors are
 * @param file what the model is
 * @param seed of the random weights that an adapter on none was trained over
 */
public record ModelFolder(ModelWeights weights, ModelFile file, long seed) {
  /** The seed of random weights where nobody names one, also in configurations. */
  public static final long SEED = 1;

  private static final String CONFIG = "config.yaml";

  /**
   * Looks what a folder is.
   *
   * @throws CheckpointException if it is none of ours, or of a former version that is not known
   *     here
   */
  public static ModelFolder of(Path path) {
    if (Files.isRegularFile(path)) {
      throw new CheckpointException(
          path,
          "is a file, which does not say what model its weights are of: name the folder that training"
              + " or merging has filled, or make the model of a ModelSpec whose weights are this file"
              + " (TrainedModel.create)");
    }
    ModelWeights weights =
        ModelWeights.find(path)
            .orElseThrow(
                () ->
                    new CheckpointException(
                        path,
                        (Files.isDirectory(path) ? "holds no model" : "does not exist")
                            + ": name a folder that training, merging or TrainedModel.save has"
                            + " filled, a checkpoint or an adapter"));
    return switch (weights.kind()) {
      case WHOLE -> new ModelFolder(weights, file(path, Optional.empty()), SEED);
      case CHECKPOINT -> checkpoint(weights, path);
      case ADAPTER -> adapter(weights);
    };
  }

  private static ModelFolder checkpoint(ModelWeights weights, Path run) {
    Checkpoint.State state = Checkpoint.described(weights.folder());
    boolean own = Files.exists(weights.folder().resolve(ModelFile.NAME));
    ModelFile file = file(own ? weights.folder() : run, Optional.of(state.config()));
    return new ModelFolder(weights, file, state.seed());
  }

  private static ModelFolder adapter(ModelWeights weights) {
    Path folder = weights.folder();
    JsonNode recipe =
        JsonText.read(AdapterConfig.read(folder.resolve(AdapterFile.CONFIG)).recipe().text());
    long seed = recipe.path("train").path("seed").asLong(SEED);
    return new ModelFolder(weights, file(folder, Optional.of(recipe)), seed);
  }

  /** What the model is: its own file says it, or the configuration that a former version kept. */
  private static ModelFile file(Path folder, Optional<JsonNode> config) {
    if (Files.exists(folder.resolve(ModelFile.NAME))) {
      return ModelFile.read(folder);
    }
    for (FolderReader reader :
        ServiceLoader.load(FolderReader.class, ModelFolder.class.getClassLoader())) {
      Optional<ModelFile> read = reader.read(folder);
      if (read.isPresent()) {
        return read.get();
      }
    }
    return config
        .map(tree -> former(folder, tree))
        .orElseThrow(
            () ->
                new CheckpointException(
                    folder,
                    String.format(
                        Locale.ROOT,
                        "has no %s: it is of a former version, %s; put mtlora-train on the class path,"
                            + " which reads it",
                        ModelFile.NAME,
                        Files.exists(folder.resolve(CONFIG))
                            ? "whose " + CONFIG + " is YAML"
                            : "or not a model")));
  }

  private static ModelFile former(Path folder, JsonNode config) {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    for (String key : List.of("model", "method", "tasks", "reference")) {
      if (config.hasNonNull(key)) {
        tree.set(key, config.get(key));
      }
    }
    try {
      return ModelFile.of(ModelSpec.ofJson(tree.toString()), Fit.USUAL, "");
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          folder,
          "is of a former version, and its configuration is not understood here ("
              + e.getMessage()
              + "); put mtlora-train on the class path, which knows former ones",
          e);
    }
  }

  /**
   * A model with random weights, in the scope that is open; in merged form if its spec says so.
   *
   * @param bytes that every trained parameter needs besides its value
   * @throws IllegalArgumentException if there is no memory for it
   */
  public static MultiTaskModel untrained(ModelSpec spec, long seed, Device device, long bytes) {
    MemoryNeed.require(() -> spec.build(Rng.of(seed)), bytes);
    MultiTaskModel model = spec.build(Rng.of(seed));
    model.moveTo(device);
    if (spec.model().merged()) {
      model.mergeForGood();
    }
    return model;
  }

  /**
   * Writes a folder with all weights of a model, in f32, or replaces it; whole, or not at all.
   *
   * @param file what the model is
   */
  public static void write(Path folder, MultiTaskModel model, ModelFile file) {
    file.requireWritable();
    try {
      new AtomicFolder(folder)
          .replace(
              temporary -> {
                Weights.save(temporary.resolve(ModelWeights.WHOLE), model, DType.F32);
                file.write(temporary);
              });
    } catch (IOException e) {
      throw new CheckpointException(
          folder, "cannot be written (is there space left, and permission to write?): " + e, e);
    }
  }

  /** The spec, with another file of weights below an adapter where one is given. */
  public ModelSpec spec(Optional<Path> base) {
    ModelSpec spec = file.spec();
    return base.isEmpty() ? spec : spec.with(spec.model().from(new WeightsSource.File(base.get())));
  }

  /**
   * Loads the weights into a model of this spec.
   *
   * @param base the file of an adapter's base, where it was one
   * @param anyBase true for an adapter over other base weights than it was trained on
   * @throws CheckpointException if they are not there, damaged or another model's
   */
  public void load(MultiTaskModel model, Optional<Path> base, boolean anyBase) {
    if (weights.kind() == ModelWeights.Kind.ADAPTER) {
      ModelSpec spec = spec(base);
      if (base.isEmpty() && spec.model().weights() instanceof WeightsSource.File file) {
        throw new CheckpointException(
            weights.folder(),
            String.format(
                Locale.ROOT,
                "is an adapter over the weights in '%s', which nobody looks for because it says so:"
                    + " name that file as base",
                file.path().getFileName()));
      }
      StartWeights.load(spec.model(), model, line -> {});
    }
    weights.load(model, anyBase);
  }
}
