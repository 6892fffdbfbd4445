package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.FeatureTap;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Blocks on one grid, then patch merging on every stream (except in the last stage). */
final class SwinStage extends Module {
  private final int stage;
  private final Grid grid;
  private final Grid merged;
  private final List<SwinBlock> blocks = new ArrayList<>();
  private final @Nullable PatchMerging downsample;

  SwinStage(SwinSettings settings, int stage, Adaptation adaptation, Rng rng) {
    this.stage = stage;
    grid = new Grid(settings.side(stage));
    merged = new Grid(settings.side(Math.min(stage + 1, settings.depths().size() - 1)));
    int depth = settings.depths().get(stage);
    for (int b = 0; b < depth; b++) {
      Sites sites = new Sites(adaptation, stage, b, depth);
      double dropPath = dropPath(settings, stage, b);
      blocks.add(child("blocks." + b, new SwinBlock(settings, sites, dropPath, rng)));
    }
    boolean merges = stage < settings.depths().size() - 1;
    downsample =
        merges
            ? child(
                "downsample",
                new PatchMerging(
                    settings.side(stage),
                    settings.channels(stage),
                    new Sites(adaptation, stage, depth - 1, depth),
                    rng))
            : null;
  }

  private static double dropPath(SwinSettings settings, int stage, int block) {
    int before = settings.depths().subList(0, stage).stream().mapToInt(Integer::intValue).sum();
    int last = settings.blocks() - 1;
    return last == 0 ? 0 : settings.dropPath() * (before + block) / last;
  }

  /**
   * A pass through the stage.
   *
   * @param recompute true to compute blocks again in the backward pass
   */
  Streams forward(Streams x, FeatureTap tap, boolean recompute) {
    for (int b = 0; b < blocks.size(); b++) {
      SwinBlock block = blocks.get(b);
      Streams from = x.onward();
      x =
          recompute && block.records(from)
              ? block.recomputed(from)
              : Streams.result(() -> block.forward(from));
      tap.see("layers." + stage + ".blocks." + b, grid.positions(x));
    }
    Streams last = x;
    Streams merged = downsample == null ? x : Streams.result(() -> downsample.forward(last));
    tap.see("stage." + stage, positions(merged));
    return merged;
  }

  /** What is left of this stage's output without prompts. */
  Streams positions(Streams x) {
    return merged.positions(x);
  }
}
