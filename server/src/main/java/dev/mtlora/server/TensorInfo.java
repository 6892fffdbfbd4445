package dev.mtlora.server;

import dev.mtlora.image.Size;
import dev.mtlora.model.Predictor;
import dev.mtlora.task.Task;
import java.util.List;

/**
 * What a client may know of a tensor beforehand.
 *
 * @param shape -1 for any number
 */
record TensorInfo(String name, DataType type, int... shape) {
  /** What a model takes, one of them, and gives. */
  record Ends(List<TensorInfo> inputs, List<TensorInfo> outputs) {}

  static Ends of(Predictor model) {
    boolean fixed = model.fit().isFixed();
    Size size = model.size();
    int height = fixed ? size.height() : -1;
    int width = fixed ? size.width() : -1;
    return new Ends(
        List.of(
            new TensorInfo(InferInput.IMAGES, DataType.FP32, -1, 3, height, width),
            new TensorInfo(InferInput.PIXELS, DataType.UINT8, -1, -1, -1, 3),
            new TensorInfo(InferInput.ENCODED, DataType.BYTES, -1)),
        model.tasks().stream().map(TensorInfo::of).toList());
  }

  private static TensorInfo of(Task task) {
    int channels = task.label().channels();
    return channels == 1
        ? new TensorInfo(task.name(), InferOutput.type(task), -1, -1, -1)
        : new TensorInfo(task.name(), InferOutput.type(task), -1, channels, -1, -1);
  }
}
