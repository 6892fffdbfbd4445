package dev.mtlora.task;

import dev.mtlora.loss.L1;
import dev.mtlora.loss.ReferenceNormals;
import dev.mtlora.metric.Meter;
import dev.mtlora.metric.NormalsMeter;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Tensor;

/**
 * Surface normals: a unit vector per pixel.
 *
 * @param weight factor of the loss, at least 0
 * @param reference true for the gradient that the reference implementation trains with; see {@link
 *     ReferenceNormals}
 */
public record Normals(double weight, boolean reference) implements Task {
  /** Weight in the paper's recipe. */
  public static final double WEIGHT = 10;

  /** Checks the weight. */
  public Normals {
    TaskChecks.weight(weight);
  }

  /** With the paper's weight. */
  public Normals() {
    this(WEIGHT, false);
  }

  @Override
  public String name() {
    return "normals";
  }

  @Override
  public int outputs() {
    return 3;
  }

  /** With y to the top; the labels of a dataset say themselves which way theirs points. */
  @Override
  public Label label() {
    return new Label.Directions(NormalsY.UP);
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return reference ? ReferenceNormals.of(logits, target) : L1.ofUnit(logits, target);
  }

  @Override
  public Meter meter() {
    return new NormalsMeter();
  }

  /** Unit vectors, {@code [B, 3, H, W]}; a zero vector stays zero. */
  @Override
  public Tensor predict(Tensor logits) {
    return L1.unitWithoutGradient(logits.to(DType.F32));
  }

  /** Red, green and blue are (component + 1) / 2. */
  @Override
  public int[] show(float[] prediction, int height, int width) {
    TaskChecks.picture(name(), prediction, 3, height, width);
    int pixels = height * width;
    int[] picture = new int[pixels];
    for (int i = 0; i < pixels; i++) {
      picture[i] = colour(prediction[i], prediction[i + pixels], prediction[i + 2 * pixels]);
    }
    return picture;
  }

  private static int colour(float x, float y, float z) {
    boolean value = Colours.isValue(x) && Colours.isValue(y) && Colours.isValue(z);
    return value && (x != 0 || y != 0 || z != 0)
        ? Colours.rgb((x + 1) / 2, (y + 1) / 2, (z + 1) / 2)
        : Colours.NO_VALUE;
  }
}
