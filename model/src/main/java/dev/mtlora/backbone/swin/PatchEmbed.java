package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Grid;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the image into patches of 4x4 pixels and embeds each: {@code [B, 3, H, W] -> [B, N, C]}. An
 * image that patches do not divide is filled up with zeros below and to the right.
 */
public final class PatchEmbed extends Module {
  /** Side of a patch, in pixels. */
  public static final int PATCH = 4;

  private final Conv2d proj;
  private final @Nullable LayerNorm norm;

  /** An embedding of so many channels, with or without a norm behind it. */
  public PatchEmbed(int channels, boolean normed, Rng rng) {
    proj = child("proj", new Conv2d(rng, Conv2d.Shape.patches(3, channels, PATCH), true));
    norm = normed ? child("norm", new LayerNorm(channels)) : null;
  }

  /** The grid of an image. */
  public static Grid grid(long height, long width) {
    return new Grid(height, width).covered(PATCH);
  }

  /** {@code [B, N, C]}. */
  public Tensor forward(Tensor images) {
    Grid grid = grid(images.size(2), images.size(3));
    Tensor filled = Functional.fill(images, 2, grid.height() * PATCH);
    filled = Functional.fill(filled, 3, grid.width() * PATCH);
    Tensor x = Grid.tokens(proj.forward(filled)); // B, N, C
    return norm == null ? x.contiguous() : norm.forward(x);
  }
}
