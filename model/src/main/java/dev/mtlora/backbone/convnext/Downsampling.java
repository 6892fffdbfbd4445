package dev.mtlora.backbone.convnext;

import dev.mtlora.backbone.Grid;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.Init;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;

/**
 * Halves the grid: a norm and a convolution of 2x2 positions, {@code [B, N, C] -> [B, N/4, C']}. Of
 * a grid with an odd side the last row or column is left out.
 *
 * <p>It is dense and no {@link dev.mtlora.peft.Site}: a method can train it, as a reduction, but
 * not adapt it.
 */
final class Downsampling extends Module {
  private static final int SIDE = 2;

  private final LayerNorm norm;
  private final Conv2d reduction;

  Downsampling(long in, long out, Rng rng) {
    norm = child("0", new LayerNorm(in, ConvNextBlock.EPS));
    reduction =
        child(
            "1",
            Conv2d.normal(
                Conv2d.Shape.patches(in, out, SIDE),
                Init.truncatedNormal(rng, out, in, SIDE, SIDE)),
            Owner.REDUCTIONS);
  }

  /** The grid that comes out. */
  static Grid halved(Grid grid) {
    return new Grid(grid.height() / SIDE, grid.width() / SIDE);
  }

  Tensor forward(Tensor x, Grid grid) {
    return Grid.tokens(reduction.forward(grid.map(norm.forward(x)))).contiguous();
  }
}
