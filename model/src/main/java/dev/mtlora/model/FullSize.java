package dev.mtlora.model;

import dev.mtlora.image.Fit;
import dev.mtlora.image.Size;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;

/**
 * The one way from what a model says to a picture's own size, for scores and predictions alike:
 * what stands around the picture is cut off, and the <em>logits</em> are resized (bilinear), in
 * f32. Classes and colours never are.
 */
public final class FullSize {
  private FullSize() {}

  /**
   * Logits of what a picture became, without what is around it.
   *
   * @param logits {@code [..., H, W]}, as large as the frame
   */
  public static Tensor within(Fit.Frame frame, Tensor logits) {
    return logits
        .narrow(-2, frame.top(), frame.content().height())
        .narrow(-1, frame.left(), frame.content().width());
  }

  /** The same at a picture's size, {@code [B, C, h, w] -> [B, C, H, W]} in f32. */
  public static Tensor of(Tensor logits, Fit.Frame frame, Size picture) {
    return Functional.resizeBilinear(
        within(frame, logits).to(DType.F32), picture.height(), picture.width());
  }

  /**
   * Some rows of the same, as if all had been made and these taken: for pictures of which all would
   * need too much memory.
   *
   * @param logits {@code [1, C, h, w]} in f32
   * @param first row
   * @param rows how many
   */
  static Tensor rows(Tensor logits, Size picture, int first, int rows) {
    long height = logits.size(2);
    double scale = height / (double) picture.height();
    long[] above = new long[rows];
    long[] below = new long[rows];
    float[] share = new float[rows];
    for (int i = 0; i < rows; i++) {
      double at = Math.max(0, (first + i + 0.5) * scale - 0.5);
      above[i] = Math.min(height - 1, (long) at);
      below[i] = Math.min(height - 1, above[i] + 1);
      share[i] = (float) (at - above[i]);
    }
    Tensor low = Tensor.of(share, 1, 1, rows, 1);
    Tensor mixed =
        logits
            .indexSelect(2, Tensor.of(above, rows))
            .times(low.negate().plus(1))
            .plus(logits.indexSelect(2, Tensor.of(below, rows)).times(low));
    return Functional.resizeBilinear(mixed, rows, picture.width());
  }
}
