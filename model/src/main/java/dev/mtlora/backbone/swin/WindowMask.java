package dev.mtlora.backbone.swin;

import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The mask of windows, at hand for those of the usual grid, and made for others. */
public final class WindowMask extends Module {
  private final Windows usual;
  private final @Nullable Tensor mask;

  /** Of windows of the usual grid. */
  public WindowMask(Windows usual) {
    this.usual = usual;
    Tensor made = usual.mask();
    mask = made == null ? null : constant(made);
  }

  /**
   * The bias of all that stands in a window.
   *
   * @param bias of its positions, {@code [heads, N, N]}
   * @return {@code [heads, P + N, P + N]}, or {@code [windows, heads, P + N, P + N]} with a mask
   */
  public Tensor over(Tensor bias, Windows windows) {
    Tensor own = windows.equals(usual) ? mask : windows.mask();
    return windows.withPrompts(own == null ? bias : bias.plus(own.to(bias.device())));
  }
}
