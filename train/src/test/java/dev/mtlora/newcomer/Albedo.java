package dev.mtlora.newcomer;

import dev.mtlora.loss.L1;
import dev.mtlora.loss.Labels;
import dev.mtlora.metric.Meter;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;

/**
 * A task that the library does not know: the colour of a surface in white light, red, green and
 * blue in 0..1.
 */
record Albedo(double weight) implements Task {
  private static final int UNKNOWN = 0xFF00FF;

  @Override
  public String name() {
    return "albedo";
  }

  @Override
  public int outputs() {
    return 3;
  }

  @Override
  public Label label() {
    return new Label.Values(3, "", Float.NaN);
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return L1.of(logits, target);
  }

  @Override
  public Meter meter() {
    return new AlbedoMeter();
  }

  @Override
  public Tensor predict(Tensor logits) {
    return logits.to(DType.F32).clamp(0, 1);
  }

  @Override
  public int[] show(float[] prediction, int height, int width) {
    int[] picture = new int[height * width];
    for (int i = 0; i < picture.length; i++) {
      float red = prediction[i];
      picture[i] =
          Float.isNaN(red) || red == Labels.IGNORE
              ? UNKNOWN
              : level(red) << 16
                  | level(prediction[i + picture.length]) << 8
                  | level(prediction[i + 2 * picture.length]);
    }
    return picture;
  }

  private static int level(float share) {
    return Math.round(255 * share);
  }
}
