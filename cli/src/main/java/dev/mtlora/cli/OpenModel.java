package dev.mtlora.cli;

import dev.mtlora.TrainedModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.onnx.OnnxCache;
import dev.mtlora.onnx.OnnxModel;
import dev.mtlora.tensor.RecordingException;
import dev.mtlora.weights.CheckpointException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What predicts pictures, whatever computes it.
 *
 * @param predictor makes predictions
 * @param lender the model itself, if it is in memory and computes; empty otherwise
 * @param owner of its memory
 */
record OpenModel(Predictor predictor, Optional<TrainedModel> lender, Runnable owner)
    implements AutoCloseable {
  /** What computes logits. */
  enum Engine {
    /** An ONNX file where the model can be exported, otherwise the model itself. */
    AUTO,
    /** The model itself. */
    TORCH,
    /** A recording of the model, replayed by libtorch. */
    SCRIPT,
    /** An ONNX file, which is made where there is none. */
    ONNX
  }

  /**
   * The model of a folder.
   *
   * @param model opens it
   * @param many true if it pays to export the model first
   * @param say hears why another engine is taken than the best
   */
  static OpenModel of(
      Engine engine,
      Path folder,
      Supplier<TrainedModel> model,
      boolean many,
      Consumer<String> say) {
    return switch (engine) {
      case TORCH -> of(model.get());
      case SCRIPT -> replaying(model.get());
      case ONNX -> of(OnnxCache.open(folder, model, 0));
      case AUTO -> best(folder, model, many, say);
    };
  }

  private static OpenModel best(
      Path folder, Supplier<TrainedModel> model, boolean many, Consumer<String> say) {
    try {
      return many
          ? of(OnnxCache.open(folder, model, 0))
          : OnnxCache.find(folder, 0).map(OpenModel::of).orElseGet(() -> of(model.get()));
    } catch (CheckpointException
        | RecordingException
        | UnsupportedOperationException
        | LinkageError e) { // the last if ONNX Runtime has no native code for this system
      OpenModel itself = of(model.get()); // says better what is wrong, if that is the folder
      say.accept("computed by the model itself, not by ONNX Runtime: " + e.getMessage());
      return itself;
    }
  }

  static OpenModel of(TrainedModel model) {
    return new OpenModel(model.predictor(), Optional.of(model), model::close);
  }

  private static OpenModel replaying(TrainedModel model) {
    return new OpenModel(model.replaying(), Optional.empty(), model::close);
  }

  static OpenModel of(OnnxModel model) {
    try {
      return new OpenModel(model.predictor(), Optional.empty(), model::close);
    } catch (CheckpointException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public void close() {
    owner.run();
  }
}
