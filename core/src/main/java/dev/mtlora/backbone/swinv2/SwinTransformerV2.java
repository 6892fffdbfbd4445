package dev.mtlora.backbone.swinv2;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureTap;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Level;
import dev.mtlora.backbone.Sites;
import dev.mtlora.backbone.swin.PatchEmbed;
import dev.mtlora.backbone.swin.PatchMerging;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Swin Transformer V2 (Liu et al., CVPR 2022, arXiv 2111.09883) with adapters. What differs from
 * Swin: norms behind the branches instead of before them ({@link SwinV2Block}), attention by
 * cosines ({@link CosineAttention}), a bias of positions that a network makes ({@link
 * ContinuousBias}), and patch merging that norms what it has reduced ({@link NormedMerging}). The
 * pyramid is Swin's.
 *
 * <p>Windows of a stage are as large as the settings say, or as the stage's grid at the usual image
 * size, whatever size an image has. Where the weights come from windows of another side, {@code
 * pretrainedWindow} says so, for distances count in parts of the longest that the weights have
 * seen.
 *
 * <p>There is no published MTLoRA on it; what is ours: the sites and forks are Swin's, and the
 * network of the bias and the scales of the cosines train where Swin's tables of relative positions
 * do. As in the original, neither ever decays.
 *
 * <p>Where we differ from the original: images of any size (windows are filled up and masked, see
 * {@link dev.mtlora.backbone.swin.Windows}), and a stage of one position has a bias instead of NaN.
 */
final class SwinTransformerV2 extends Backbone {
  private final SwinV2Settings settings;
  private final PatchEmbed patchEmbed;
  private final List<List<SwinV2Block>> stages = new ArrayList<>();
  private final List<NormedMerging> mergings = new ArrayList<>();

  SwinTransformerV2(SwinV2Settings settings, Adaptation adaptation, List<String> tasks, Rng rng) {
    super(settings, adaptation, tasks);
    this.settings = settings;
    patchEmbed = child("patch_embed", new PatchEmbed(settings.embed(), true, rng), Owner.PATCHES);
    for (int s = 0; s < settings.stages(); s++) {
      addStage(s, adaptation, rng);
    }
  }

  private void addStage(int stage, Adaptation adaptation, Rng rng) {
    String name = "layers." + stage;
    int depth = settings.depths().get(stage);
    List<SwinV2Block> blocks = new ArrayList<>();
    for (int b = 0; b < depth; b++) {
      double rate = BackboneSettings.dropPath(settings.dropPath(), settings.depths(), stage, b);
      Sites sites = new Sites(adaptation, stage, b, depth);
      blocks.add(child(name + ".blocks." + b, new SwinV2Block(settings, sites, rate, rng)));
    }
    stages.add(blocks);
    if (stage < settings.stages() - 1) {
      Sites sites = new Sites(adaptation, stage, depth - 1, depth);
      NormedMerging merging = new NormedMerging(settings.sizes().channels(stage), sites, rng);
      mergings.add(child(name + ".downsample", merging));
    }
  }

  @Override
  protected List<Level> levels(Tensor images, List<String> tasks, FeatureTap tap) {
    Grid grid = PatchEmbed.grid(images.size(2), images.size(3));
    Streams x = Streams.of(patchEmbed.forward(images), tasks); // B, N, C
    tap.see("patch_embed", x);
    List<Level> levels = new ArrayList<>();
    for (int s = 0; s < stages.size(); s++) {
      for (int b = 0; b < stages.get(s).size(); b++) {
        x = through(stages.get(s).get(b), x, grid);
        tap.see("layers." + s + ".blocks." + b, grid.positions(x));
      }
      if (s < mergings.size()) {
        x = merged(mergings.get(s), x, grid);
        grid = PatchMerging.merged(grid);
      }
      levels.add(new Level(grid.positions(x), grid));
      tap.see("stage." + s, levels.get(s).streams());
    }
    return levels;
  }

  private static Streams merged(NormedMerging merging, Streams x, Grid grid) {
    return Streams.result(() -> merging.forward(x, grid));
  }
}
