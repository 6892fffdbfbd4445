package dev.mtlora.model;

import dev.mtlora.image.Bilinear;
import dev.mtlora.image.Block;
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
   * The same of one picture in plain memory, as many rows at a time as are asked for; equal to
   * {@link #of} but for the last bits.
   *
   * @param logits {@code [1, C, h, w]}, as large as the frame
   */
  static Bilinear rows(Block logits, Fit.Frame frame, Size picture) {
    Size content = frame.content();
    return Bilinear.of(
        logits.part(frame.top(), frame.left(), content.height(), content.width()), picture);
  }
}
