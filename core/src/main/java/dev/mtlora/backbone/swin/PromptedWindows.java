package dev.mtlora.backbone.swin;

import dev.mtlora.tensor.Tensor;
import java.util.List;

/**
 * Windows that each have a copy of the image's P prompts in front of their positions. A prompt
 * stands nowhere: it is not shifted, and gets neither bias nor mask.
 */
final class PromptedWindows extends Windows {
  private final long prompts;
  private final Grid grid;

  PromptedWindows(long prompts, int side, int window, boolean shifted) {
    super(side, window, shifted);
    this.prompts = prompts;
    this.grid = new Grid(side);
  }

  /** {@code [B, P + side * side, C] -> [B * windows, P + window * window, C]}. */
  @Override
  Tensor partition(Tensor x) {
    long c = x.size(-1);
    long windows = count();
    Tensor copies =
        x.narrow(1, 0, prompts)
            .unsqueeze(1)
            .expand(-1, windows, -1, -1) // B, windows, P, C
            .reshape(-1, prompts, c);
    return Tensor.cat(List.of(copies, super.partition(grid.positions(x))), 1);
  }

  /** {@code [B * windows, P + window * window, C] -> [B, P + side * side, C]}. */
  @Override
  Tensor reverse(Tensor x) {
    long c = x.size(-1);
    Tensor mean = x.narrow(1, 0, prompts).reshape(-1, count(), prompts, c).mean(false, 1);
    Tensor positions = x.narrow(1, prompts, x.size(1) - prompts);
    return Tensor.cat(List.of(mean, super.reverse(positions.contiguous())), 1);
  }

  /** {@code [..., N, N] -> [..., P + N, P + N]}, zeros for prompts. */
  @Override
  Tensor withPrompts(Tensor bias) {
    Tensor rows = Tensor.cat(List.of(zeros(bias, -2), bias), -2);
    return Tensor.cat(List.of(zeros(rows, -1), rows), -1);
  }

  private Tensor zeros(Tensor like, int dimension) {
    long[] shape = like.shape();
    shape[shape.length + dimension] = prompts;
    return Tensor.zeros(like.dtype(), shape).to(like.device());
  }
}
