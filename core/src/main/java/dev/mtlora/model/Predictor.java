package dev.mtlora.model;

import dev.mtlora.data.Batch;
import dev.mtlora.data.Raster;
import dev.mtlora.data.Sample;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Predicts all tasks of one picture at a time.
 *
 * @param model in evaluation mode while it predicts
 */
public record Predictor(MultiTaskModel model) {
  /**
   * What the model sees in a picture of any size.
   *
   * @param image RGB in 0..255
   * @return by task {@code [1, C, side, side]} in the units of {@link Task#predict}, side being
   *     that of the model's images
   */
  public Map<String, Batch.Block> predict(Raster image) {
    Sample sample = new Sample("image", image, Map.of());
    Pipeline pipeline = Pipeline.evaluation(model.backbone().imageSize());
    Batch.Block input = Batch.of(List.of(pipeline.apply(sample, new Rng(0)))).images();
    model.train(false);
    try (Scope scope = Scope.inference()) {
      Tensor images =
          Tensor.of(input.values(), 1, input.channels(), input.height(), input.width())
              .to(model.device());
      Map<String, Tensor> logits = model.forward(images, model.taskNames());
      Map<String, Batch.Block> predictions = new LinkedHashMap<>();
      for (Task task : model.tasks()) {
        predictions.put(
            task.name(), block(task.predict(Objects.requireNonNull(logits.get(task.name())))));
      }
      return predictions;
    }
  }

  private static Batch.Block block(Tensor prediction) {
    return new Batch.Block(
        1,
        (int) prediction.size(1),
        (int) prediction.size(2),
        (int) prediction.size(3),
        prediction.toFloats());
  }
}
