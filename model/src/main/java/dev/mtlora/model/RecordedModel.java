package dev.mtlora.model;

import dev.mtlora.image.Size;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.Constants;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Graph;
import dev.mtlora.tensor.Recording;
import dev.mtlora.tensor.RecordingException;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is recorded of a model's forward pass, for engines that compute it without the model.
 *
 * @param tasks to compute, in order
 * @param size of the images
 * @param batch number of images; 0 for any
 * @param outputs what it gives
 */
public record RecordedModel(List<String> tasks, Size size, int batch, Outputs outputs) {
  /** The input: normalised images, F32 {@code [B, 3, H, W]}. */
  public static final String IMAGES = "images";

  /** What a recorded model gives by the name of the task. */
  public enum Outputs {
    /** F32 {@code [B, outputs, H, W]}. */
    LOGITS,
    /**
     * Classes as I64 {@code [B, H, W]}, one value (a probability, metres) as F32 {@code [B, H, W]},
     * vectors as F32 {@code [B, C, H, W]}.
     */
    PREDICTIONS
  }

  /** Checks the number. */
  public RecordedModel {
    tasks = List.copyOf(tasks);
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("a recorded model needs a task, but none was named");
    }
    if (batch < 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "batch must be 0 (any) or more but is %d", batch));
    }
  }

  /**
   * Records a model in evaluation mode, on the thread that it belongs to.
   *
   * @throws IllegalArgumentException if the model lacks a task, or cannot see such images
   * @throws RecordingException if the model works in another type than F32, or does something that
   *     does not grow with the number of images, naming the operation
   */
  public Graph of(MultiTaskModel model) {
    if (model.dtype() != DType.F32) {
      throw new RecordingException(
          "only models in F32 are recorded, but this one is in " + model.dtype());
    }
    Map<String, Tensor> names = new LinkedHashMap<>();
    model.parameters().forEach((name, parameter) -> names.put(name, parameter.tensor()));
    Constants constants = new Constants(names);
    if (batch > 0) {
      return recorded(model, batch, constants).tidy();
    }
    return Graph.anyBatch(recorded(model, 2, constants), recorded(model, 3, constants));
  }

  private Graph recorded(MultiTaskModel model, int pictures, Constants constants) {
    model.train(false);
    try (Scope scope = Scope.inference();
        Autocast off = Autocast.bf16(model.device(), false)) {
      Tensor images =
          Tensor.zeros(pictures, 3, size.height(), size.width()).plus(0.1).to(model.device());
      try (Recording recording = Recording.of(Map.of(IMAGES, images), constants)) {
        Map<String, Tensor> given = new LinkedHashMap<>();
        model.forward(images, tasks).forEach((name, out) -> given.put(name, out));
        if (outputs == Outputs.PREDICTIONS) {
          model.tasks().forEach(t -> given.computeIfPresent(t.name(), (n, out) -> read(t, out)));
        }
        return recording.end(given);
      }
    }
  }

  private static Tensor read(Task task, Tensor logits) {
    Tensor prediction = task.predict(logits);
    if (prediction.size(1) != 1) {
      return prediction;
    }
    Tensor one = prediction.select(1, 0);
    return task.label() instanceof Label.Classes ? one.to(DType.I64) : one;
  }
}
