package dev.mtlora.cli;

import dev.mtlora.TrainedModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.onnx.OnnxModel;

/**
 * What predicts pictures, whatever computes it.
 *
 * @param predictor makes predictions
 * @param owner of its memory
 */
record OpenModel(Predictor predictor, Runnable owner) implements AutoCloseable {
  /** What computes logits. */
  enum Engine {
    /** The model itself. */
    TORCH,
    /** A recording of the model, replayed by libtorch. */
    SCRIPT,
    /** An ONNX file, which is made where there is none. */
    ONNX
  }

  static OpenModel of(TrainedModel model, Engine engine) {
    Predictor predictor = engine == Engine.SCRIPT ? model.replaying() : model.predictor();
    return new OpenModel(predictor, model::close);
  }

  static OpenModel of(OnnxModel model) {
    return new OpenModel(model.predictor(), model::close);
  }

  @Override
  public void close() {
    owner.run();
  }
}
