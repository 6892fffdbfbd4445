package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Init;
import dev.mtlora.nn.Parameter;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Swin Transformer (Liu et al., ICCV 2021) with adapters: patches of 4x4 pixels, attention in
 * windows that shift from block to block, and patch merging between stages. Tables of relative
 * positions are of the windows at the usual image size, whatever size an image has; absolute
 * positions, which few have, are resized.
 */
final class SwinTransformer extends WindowTransformer {
  private final SwinSettings settings;
  private final @Nullable Tensor absolutePosition;

  SwinTransformer(SwinSettings settings, Adaptation adaptation, List<String> tasks, Rng rng) {
    super(settings, settings, adaptation, tasks, rng);
    this.settings = settings;
    absolutePosition =
        settings.options().absolutePosition()
            ? parameter(
                "absolute_pos_embed",
                Init.truncatedNormal(rng, 1, settings.grid(0).positions(), settings.embed()),
                Parameter.Role.POSITION)
            : null;
    addStages(adaptation, rng);
  }

  @Override
  protected WindowBlock block(Sites sites, double dropPath, Rng rng) {
    return new SwinBlock(settings, sites, dropPath, rng);
  }

  @Override
  protected Merging merging(Sites sites, Rng rng) {
    return new PatchMerging(settings.channels(sites.stage()), sites, rng);
  }

  @Override
  protected Tensor positioned(Tensor x, Grid grid) {
    if (absolutePosition == null) {
      return x;
    }
    Grid usual = settings.grid(0);
    if (grid.equals(usual)) {
      return x.plus(absolutePosition);
    }
    Tensor map = usual.map(absolutePosition);
    return x.plus(Grid.tokens(Functional.resizeBicubic(map, grid.height(), grid.width())));
  }
}
