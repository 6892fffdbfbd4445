package dev.mtlora.backbone.swinv2;

import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Sites;
import dev.mtlora.backbone.swin.PatchMerging;
import dev.mtlora.backbone.swin.WindowTransformer;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;

/**
 * Halves the grid as {@link PatchMerging} does, the norm behind the reduction: {@code [B, N, C] ->
 * [B, N/4, 2C]}.
 */
final class NormedMerging extends WindowTransformer.Merging {
  private final Projection reduction;
  private final LayerNorm norm;

  NormedMerging(long channels, Sites sites, Rng rng) {
    Linear dense = Linear.truncatedNormal(rng, 4 * channels, 2 * channels, false);
    reduction = child("reduction", sites.adapt(dense, Site.Kind.REDUCTION), Owner.REDUCTIONS);
    norm = child("norm", new LayerNorm(2 * channels));
  }

  @Override
  public Streams forward(Streams x, Grid grid) {
    return reduction
        .forward(x.map(stream -> PatchMerging.neighbours(stream, grid)))
        .map(norm::forward);
  }
}
