package dev.mtlora.backbone.swinv2;

import dev.mtlora.backbone.Sites;
import dev.mtlora.backbone.swin.WindowBlock;
import dev.mtlora.backbone.swin.WindowTransformer;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.tensor.Rng;
import java.util.List;

/**
 * Swin Transformer V2 (Liu et al., CVPR 2022, arXiv 2111.09883) with adapters. What differs from
 * Swin: norms behind the branches instead of before them ({@link SwinV2Block}), attention by
 * cosines ({@link CosineAttention}), a bias of positions that a network makes ({@link
 * ContinuousBias}), and patch merging that norms what it has reduced ({@link NormedMerging}). The
 * pyramid is Swin's.
 *
 * <p>Where the weights come from windows of another side, {@code pretrainedWindow} says so, for
 * distances count in parts of the longest that the weights have seen.
 *
 * <p>There is no published MTLoRA on it; what is ours: the sites and forks are Swin's, and the
 * network of the bias and the scales of the cosines train where Swin's tables of relative positions
 * do. As in the original, neither ever decays.
 *
 * <p>Where we differ from the original: images of any size (windows are filled up and masked, see
 * {@link dev.mtlora.backbone.swin.Windows}), and a stage of one position has a bias instead of NaN.
 */
final class SwinTransformerV2 extends WindowTransformer {
  private final SwinV2Settings settings;

  SwinTransformerV2(SwinV2Settings settings, Adaptation adaptation, List<String> tasks, Rng rng) {
    super(settings, settings.sizes(), adaptation, tasks, rng);
    this.settings = settings;
    addStages(adaptation, rng);
  }

  @Override
  protected WindowBlock block(Sites sites, double dropPath, Rng rng) {
    return new SwinV2Block(settings, sites, dropPath, rng);
  }

  @Override
  protected Merging merging(Sites sites, Rng rng) {
    return new NormedMerging(settings.sizes().channels(sites.stage()), sites, rng);
  }
}
