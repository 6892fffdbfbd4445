package dev.mtlora.backbone.convnext;

import dev.mtlora.backbone.Grid;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.Init;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;

/**
 * Cuts the image into patches of 4x4 pixels, embeds each and norms it: {@code [B, 3, H, W] -> [B,
 * N, C]}. Pixels that fill no patch are left out, below and to the right.
 */
final class Stem extends Module {
  static final int PATCH = 4;

  private final Conv2d patches;
  private final LayerNorm norm;

  Stem(long channels, Rng rng) {
    patches =
        child(
            "0",
            Conv2d.normal(
                Conv2d.Shape.patches(3, channels, PATCH),
                Init.truncatedNormal(rng, channels, 3, PATCH, PATCH)));
    norm = child("1", new LayerNorm(channels, ConvNextBlock.EPS));
  }

  /** The grid of an image. */
  static Grid grid(long height, long width) {
    return new Grid(height / PATCH, width / PATCH);
  }

  Tensor forward(Tensor images) {
    return norm.forward(Grid.tokens(patches.forward(images)));
  }
}
