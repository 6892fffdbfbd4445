package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureTap;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Level;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What all versions of Swin have in common: patches of 4x4 pixels, stages of blocks in windows, and
 * patch merging between stages, behind which the pyramid is taken, without a final norm: for four
 * stages, channels 2C, 4C, 8C, 8C at strides 8, 16, 32, 32. Tasks fork where the method's
 * projections make them fork; the next block starts from the shared stream again, unless they went
 * {@link Streams#apart}.
 *
 * <p>A window of a stage is as large as the settings say, or as the stage's grid at the usual image
 * size, whatever size an image has.
 */
public abstract class WindowTransformer extends Backbone {
  private final SwinSettings sizes;
  private final PatchEmbed patchEmbed;
  private final List<List<WindowBlock>> stages = new ArrayList<>();
  private final List<Merging> mergings = new ArrayList<>();

  /** Halves the grid behind a stage, see {@link PatchMerging#merged}. */
  public abstract static class Merging extends Module {
    /** A merging; subclasses add their layers. */
    protected Merging() {}

    /** {@code [B, P + N, C] -> [B, P + N/4, 2C]} for every stream. */
    public abstract Streams forward(Streams x, Grid grid);
  }

  /**
   * A backbone with its patch embedding; subclasses call {@link #addStages} when they have what
   * else comes before the stages.
   *
   * @param settings that it is made of
   * @param sizes the same as those of a Swin
   */
  protected WindowTransformer(
      BackboneSettings settings,
      SwinSettings sizes,
      Adaptation adaptation,
      List<String> tasks,
      Rng rng) {
    super(settings, adaptation, tasks);
    this.sizes = sizes;
    patchEmbed =
        child(
            "patch_embed",
            new PatchEmbed(sizes.embed(), sizes.options().patchNorm(), rng),
            Owner.PATCHES);
  }

  /** Makes a block. */
  protected abstract WindowBlock block(Sites sites, double dropPath, Rng rng);

  /** Makes what merges behind a stage. */
  protected abstract Merging merging(Sites sites, Rng rng);

  /** What the first stage gets of the embedded patches {@code [B, N, C]}. */
  protected Tensor positioned(Tensor x, Grid grid) {
    return x;
  }

  /** Adds all stages. */
  protected final void addStages(Adaptation adaptation, Rng rng) {
    for (int s = 0; s < sizes.stages(); s++) {
      addStage(s, adaptation, rng);
    }
  }

  private void addStage(int stage, Adaptation adaptation, Rng rng) {
    String name = "layers." + stage;
    int depth = sizes.depths().get(stage);
    List<WindowBlock> blocks = new ArrayList<>();
    for (int b = 0; b < depth; b++) {
      double rate = BackboneSettings.dropPath(sizes.dropPath(), sizes.depths(), stage, b);
      Sites sites = new Sites(adaptation, stage, b, depth);
      blocks.add(child(name + ".blocks." + b, block(sites, rate, rng)));
    }
    stages.add(blocks);
    if (stage < sizes.stages() - 1) {
      Sites sites = new Sites(adaptation, stage, depth - 1, depth);
      mergings.add(child(name + ".downsample", merging(sites, rng)));
    }
  }

  @Override
  protected final List<Level> levels(Tensor images, List<String> tasks, FeatureTap tap) {
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

  private static Streams merged(Merging merging, Streams x, Grid grid) {
    return Streams.result(() -> merging.forward(x, grid));
  }
}
