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
 * @param folder that holds the tensors
 * @param kind of folder
 * @param file what the model is
 * @param seed of the random weights that an adapter on none was trained over
 */
public record ModelFolder(Path folder, Kind kind, ModelFile file, long seed) {
  /** Name of the file with all weights of a merged or saved model. */
  public static final String WHOLE = "model.safetensors";

  /** The seed of random weights where nobody names one, also in configurations. */
  public static final long SEED = 1;

  private static final String STATE = "state.json";
  private static final String CONFIG = "config.yaml";
  private static final List<String> CHECKPOINTS = List.of("checkpoints/best", "checkpoints/last");

  /** What a folder holds. */
  public enum Kind {
    /** All weights, nothing else. */
    WHOLE,
    /** What resuming needs. */
    CHECKPOINT,
    /** What training added. */
    ADAPTER
  }

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
    for (String checkpoint : CHECKPOINTS) {
      Path folder = path.resolve(checkpoint);
      if (Checkpoint.exists(folder)) {
        return checkpoint(folder, path);
      }
    }
    if (Files.exists(path.resolve(AdapterFile.CONFIG))) {
      return adapter(path);
    }
    if (Checkpoint.exists(path)) {
      return checkpoint(path, path);
    }
    if (Files.exists(path.resolve(WHOLE))) {
      return new ModelFolder(path, Kind.WHOLE, file(path, Optional.empty()), SEED);
    }
    throw new CheckpointException(
        path,
        (Files.isDirectory(path) ? "holds no model" : "does not exist")
            + ": name a folder that training, merging or TrainedModel.save has filled, a checkpoint"
            + " or an adapter");
  }

  private static ModelFolder checkpoint(Path folder, Path run) {
    Optional<JsonNode> config =
        Files.exists(folder.resolve(ModelFile.NAME)) || Files.exists(run.resolve(ModelFile.NAME))
            ? Optional.empty()
            : Optional.of(json(folder.resolve(STATE)).path("config"));
    Path described = Files.exists(folder.resolve(ModelFile.NAME)) ? folder : run;
    return new ModelFolder(
        folder,
        Kind.CHECKPOINT,
        file(described, config),
        json(folder.resolve(STATE)).path("seed").asLong(SEED));
  }

  private static ModelFolder adapter(Path folder) {
    JsonNode recipe =
        JsonText.read(AdapterConfig.read(folder.resolve(AdapterFile.CONFIG)).recipe().text());
    return new ModelFolder(
        folder,
        Kind.ADAPTER,
        file(folder, Optional.of(recipe)),
        recipe.path("train").path("seed").asLong(SEED));
  }

  private static JsonNode json(Path file) {
    try {
      return JsonText.read(Files.readAllBytes(file), Checkpoint.MOST_STATE);
    } catch (IOException | IllegalArgumentException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
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
   * @throws IllegalArgumentException if there is no memory for it
   */
  public static MultiTaskModel untrained(ModelSpec spec, long seed, Device device) {
    MemoryNeed.require(() -> spec.build(Rng.of(seed)), 0);
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
                Weights.save(temporary.resolve(WHOLE), model, DType.F32);
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
    switch (kind) {
      case WHOLE -> Weights.load(folder.resolve(WHOLE), model);
      case CHECKPOINT -> Checkpoint.loadModel(folder, model);
      case ADAPTER -> {
        ModelSpec spec = spec(base);
        if (base.isEmpty() && spec.model().weights() instanceof WeightsSource.File file) {
          throw new CheckpointException(
              folder,
              String.format(
                  Locale.ROOT,
                  "is an adapter over the weights in '%s', which nobody looks for because it says so:"
                      + " name that file as base",
                  file.path().getFileName()));
        }
        StartWeights.load(spec.model(), model, line -> {});
        AdapterFile.load(folder, model, anyBase);
      }
    }
  }
}
