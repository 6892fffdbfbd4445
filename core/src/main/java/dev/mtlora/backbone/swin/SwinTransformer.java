package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureTap;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Level;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Init;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Swin Transformer (Liu et al., ICCV 2021) with adapters: patches of 4x4 pixels, attention in
 * windows that shift from block to block, and patch merging between stages.
 *
 * <p>The pyramid is taken after patch merging, without a final norm: for four stages, channels 2C,
 * 4C, 8C, 8C at strides 8, 16, 32, 32. Tasks fork where the method's projections make them fork;
 * the next block starts from the shared stream again, unless they went {@link Streams#apart}.
 *
 * <p>A window of a stage is as large as the settings say, or as the stage's grid at the usual image
 * size; so are the tables of relative positions, whatever size an image has.
 */
final class SwinTransformer extends Backbone {
  private final SwinSettings settings;
  private final PatchEmbed patchEmbed;
  private final @Nullable Tensor absolutePosition;
  private final List<List<SwinBlock>> stages = new ArrayList<>();
  private final List<PatchMerging> mergings = new ArrayList<>();

  SwinTransformer(SwinSettings settings, Adaptation adaptation, List<String> tasks, Rng rng) {
    super(settings, adaptation, tasks);
    this.settings = settings;
    patchEmbed =
        child(
            "patch_embed",
            new PatchEmbed(settings.embed(), settings.options().patchNorm(), rng),
            Owner.PATCHES);
    absolutePosition =
        settings.options().absolutePosition()
            ? parameter(
                "absolute_pos_embed",
                Init.truncatedNormal(rng, 1, settings.grid(0).positions(), settings.embed()),
                Parameter.Role.POSITION)
            : null;
    for (int s = 0; s < settings.stages(); s++) {
      addStage(s, adaptation, rng);
    }
  }

  private void addStage(int stage, Adaptation adaptation, Rng rng) {
    String name = "layers." + stage;
    int depth = settings.depths().get(stage);
    List<SwinBlock> blocks = new ArrayList<>();
    for (int b = 0; b < depth; b++) {
      double rate = BackboneSettings.dropPath(settings.dropPath(), settings.depths(), stage, b);
      Sites sites = new Sites(adaptation, stage, b, depth);
      blocks.add(child(name + ".blocks." + b, new SwinBlock(settings, sites, rate, rng)));
    }
    stages.add(blocks);
    if (stage < settings.stages() - 1) {
      Sites sites = new Sites(adaptation, stage, depth - 1, depth);
      PatchMerging merging = new PatchMerging(settings.channels(stage), sites, rng);
      mergings.add(child(name + ".downsample", merging));
    }
  }

  @Override
  protected List<Level> levels(Tensor images, List<String> tasks, FeatureTap tap) {
    Grid grid = PatchEmbed.grid(images.size(2), images.size(3));
    Streams x = Streams.of(positioned(patchEmbed.forward(images), grid), tasks); // B, N, C
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

  private static Streams merged(PatchMerging merging, Streams x, Grid grid) {
    return Streams.result(() -> merging.forward(x, grid));
  }

  private Tensor positioned(Tensor x, Grid grid) {
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
