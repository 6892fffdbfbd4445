package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.Grid;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;

/** Embeds the patches of a map and norms them: {@code [B, C, H, W] -> [B, N, D]}. */
final class PatchEmbed extends Module {
  private final Conv2d.Shape shape;
  private final Conv2d proj;
  private final LayerNorm norm;

  PatchEmbed(Design design, int stage, Rng rng) {
    shape = design.patches(stage);
    proj = child("proj", design.convolution(rng, shape));
    norm = child("norm", new LayerNorm(shape.out()));
  }

  /** The grid of the patches of a map of this size: what a last patch lacks decides. */
  Grid grid(long height, long width) {
    return new Grid(along(height), along(width));
  }

  private long along(long length) {
    return (length + 2 * shape.padding() - shape.kernel()) / shape.stride() + 1;
  }

  Tensor forward(Tensor map) {
    return norm.forward(Grid.tokens(proj.forward(map)));
  }
}
