package dev.mtlora.backbone.convnext;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureTap;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Level;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * ConvNeXt (Liu et al., "A ConvNet for the 2020s", CVPR 2022, arXiv 2201.03545) with adapters: a
 * convolutional network in the shape of Swin. Patches of 4x4 pixels, stages of {@link
 * ConvNextBlock}s, and between stages a {@link Downsampling}.
 *
 * <p>The pyramid is the last block of every stage, without a norm: the norm behind the last stage
 * belongs to the classifier. Its strides are 4, 8, 16 and 32, one finer than those of Swin, whose
 * stages end with the merging.
 *
 * <p>There is no published MTLoRA on it; what is ours: the sites are pwconv1 and pwconv2, tasks
 * fork at pwconv1 of the last block of a stage, the next stage starts from the shared stream alone
 * (unless tasks went {@link Streams#apart}), and every task keeps its residual, also with {@code
 * reference}, for the reference has no such network. MTLoRA trains, besides the adapters, the stem,
 * every norm and the dense convolutions between stages, which are to ConvNeXt what the reductions
 * are to Swin; depthwise convolutions and γ stay frozen. There is no attention, so that methods
 * which need one do not fit.
 *
 * <p>Sizes are rounded down from stage to stage, as the convolutions of the original do: up to 31
 * pixels at the lower and right border are seen by no position of the last stage, or only by its
 * neighbours.
 */
final class ConvNext extends Backbone {
  private final Stem stem;
  private final List<Downsampling> downsamplings = new ArrayList<>();
  private final List<List<ConvNextBlock>> stages = new ArrayList<>();

  ConvNext(ConvNextSettings settings, Adaptation adaptation, List<String> tasks, Rng rng) {
    super(settings, adaptation, tasks);
    List<Integer> widths = settings.widths();
    stem = child("downsample_layers.0", new Stem(widths.get(0), rng), Owner.PATCHES);
    for (int s = 1; s < settings.stages(); s++) {
      Downsampling downsampling = new Downsampling(widths.get(s - 1), widths.get(s), rng);
      downsamplings.add(child("downsample_layers." + s, downsampling));
    }
    for (int s = 0; s < settings.stages(); s++) {
      stages.add(stage(settings, s, adaptation, rng));
    }
  }

  private List<ConvNextBlock> stage(
      ConvNextSettings settings, int stage, Adaptation adaptation, Rng rng) {
    int depth = settings.depths().get(stage);
    List<ConvNextBlock> blocks = new ArrayList<>();
    for (int b = 0; b < depth; b++) {
      double rate = BackboneSettings.dropPath(settings.dropPath(), settings.depths(), stage, b);
      Sites sites = new Sites(adaptation, stage, b, depth);
      ConvNextBlock block = new ConvNextBlock(settings.widths().get(stage), sites, rate, rng);
      blocks.add(child("stages." + stage + "." + b, block));
    }
    return blocks;
  }

  @Override
  protected List<Level> levels(Tensor images, List<String> tasks, FeatureTap tap) {
    Grid grid = Stem.grid(images.size(2), images.size(3));
    Streams x = Streams.of(stem.forward(images), tasks); // B, N, C
    tap.see("patch_embed", x);
    List<Level> levels = new ArrayList<>();
    for (int s = 0; s < stages.size(); s++) {
      if (s > 0) {
        x = halved(downsamplings.get(s - 1), x.onward(), grid);
        grid = Downsampling.halved(grid);
      }
      for (int b = 0; b < stages.get(s).size(); b++) {
        x = through(stages.get(s).get(b), x, grid);
        tap.see("layers." + s + ".blocks." + b, x);
      }
      levels.add(new Level(x, grid));
      tap.see("stage." + s, x);
    }
    return levels;
  }

  private static Streams halved(Downsampling downsampling, Streams x, Grid grid) {
    return Streams.result(() -> x.map(stream -> downsampling.forward(stream, grid)));
  }
}
