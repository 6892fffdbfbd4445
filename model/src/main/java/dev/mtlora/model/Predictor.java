package dev.mtlora.model;

import dev.mtlora.image.Block;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Predicts all tasks of one picture at a time.
 *
 * @param model in evaluation mode while it predicts
 * @param fit how pictures become what the model sees
 */
public record Predictor(MultiTaskModel model, Fit fit) {
  /** Of pictures squashed to the model's size. */
  public Predictor(MultiTaskModel model) {
    this(model, Fit.USUAL);
  }

  /**
   * What the model sees in a picture of any size.
   *
   * @param image RGB in 0..255
   * @return by task {@code [1, C, H, W]} in the units of {@link Task#predict}, H and W being what
   *     the picture became for the model, without what is around it
   */
  public Map<String, Block> predict(Raster image) {
    Fit.Frame frame =
        fit.frame(new Size(image.height(), image.width()), model.backbone().input().size());
    Block input = Block.of(Preprocessing.imageNet().input(image, frame));
    model.train(false);
    try (Scope scope = Scope.inference()) {
      Tensor images =
          Tensor.of(input.values(), 1, input.channels(), input.height(), input.width())
              .to(model.device());
      Map<String, Tensor> logits = model.forward(images, model.taskNames());
      Map<String, Block> predictions = new LinkedHashMap<>();
      for (Task task : model.tasks()) {
        predictions.put(
            task.name(),
            block(task.predict(within(frame, Objects.requireNonNull(logits.get(task.name()))))));
      }
      return predictions;
    }
  }

  /** The part of a map that the picture fills. */
  static Tensor within(Fit.Frame frame, Tensor logits) {
    return logits
        .narrow(2, frame.top(), frame.content().height())
        .narrow(3, frame.left(), frame.content().width());
  }

  private static Block block(Tensor prediction) {
    return new Block(
        1,
        (int) prediction.size(1),
        (int) prediction.size(2),
        (int) prediction.size(3),
        prediction.toFloats());
  }
}
