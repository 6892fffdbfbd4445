package dev.mtlora.weights;

import dev.mtlora.model.MultiTaskModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The tensors of a model in a folder.
 *
 * @param folder that holds them itself
 * @param kind how
 */
public record ModelWeights(Path folder, Kind kind) {
  /** Name of the file with all weights of a merged or saved model. */
  public static final String WHOLE = "model.safetensors";

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
   * Those of a folder: of an adapter, of the best checkpoint of a training or else its last one, of
   * a checkpoint, or of a merged or saved model.
   */
  public static Optional<ModelWeights> find(Path path) {
    if (Files.exists(path.resolve(AdapterFile.CONFIG))) {
      return Optional.of(new ModelWeights(path, Kind.ADAPTER));
    }
    for (String checkpoint : CHECKPOINTS) {
      if (Checkpoint.exists(path.resolve(checkpoint))) {
        return Optional.of(new ModelWeights(path.resolve(checkpoint), Kind.CHECKPOINT));
      }
    }
    if (Checkpoint.exists(path)) {
      return Optional.of(new ModelWeights(path, Kind.CHECKPOINT));
    }
    return Files.exists(path.resolve(WHOLE))
        ? Optional.of(new ModelWeights(path, Kind.WHOLE))
        : Optional.empty();
  }

  /**
   * Loads them.
   *
   * @param model of the same spec; of an adapter, with its base in it
   * @param anyBase true for an adapter over other base weights than it was trained on
   * @throws CheckpointException if they are damaged or another model's
   */
  public void load(MultiTaskModel model, boolean anyBase) {
    switch (kind) {
      case WHOLE -> Weights.load(folder.resolve(WHOLE), model);
      case CHECKPOINT -> Checkpoint.loadModel(folder, model);
      case ADAPTER -> AdapterFile.load(folder, model, anyBase);
    }
  }
}
