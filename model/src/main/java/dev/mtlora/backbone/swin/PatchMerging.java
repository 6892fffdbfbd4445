package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;

/**
 * Halves the grid: four neighbours joined, normed and reduced, {@code [B, N, C] -> [B, N/4, 2C]}. A
 * grid with an odd side is filled up with zeros there. Prompts in front of the positions have no
 * neighbours and are joined with themselves.
 */
public final class PatchMerging extends WindowTransformer.Merging {
  private final LayerNorm norm;
  private final Projection reduction;

  PatchMerging(long channels, Sites sites, Rng rng) {
    Linear dense = Linear.truncatedNormal(rng, 4 * channels, 2 * channels, false);
    reduction = child("reduction", sites.adapt(dense, Site.Kind.REDUCTION), Owner.REDUCTIONS);
    norm = child("norm", new LayerNorm(4 * channels));
  }

  /** The grid that comes out. */
  public static Grid merged(Grid grid) {
    return grid.covered(2);
  }

  @Override
  public Streams forward(Streams x, Grid grid) {
    return reduction.forward(x.map(stream -> norm.forward(neighbours(stream, grid))));
  }

  /**
   * Four neighbours behind each other, {@code [B, P + N, C] -> [B, P + N/4, 4C]}, in the order (row
   * 0, column 0), (1, 0), (0, 1), (1, 1).
   */
  public static Tensor neighbours(Tensor x, Grid grid) {
    long count = grid.prompts(x);
    Tensor positions = ofPositions(grid.positions(x), grid);
    if (count == 0) {
      return positions;
    }
    Tensor prompts = x.narrow(1, 0, count); // B, P, C
    Tensor fourfold = Tensor.cat(List.of(prompts, prompts, prompts, prompts), -1);
    return Tensor.cat(List.of(fourfold, positions), 1);
  }

  private static Tensor ofPositions(Tensor x, Grid grid) {
    long c = x.size(-1);
    Grid half = merged(grid);
    Tensor map = x.reshape(-1, grid.height(), grid.width(), c);
    map = Functional.fill(map, 1, 2 * half.height());
    map = Functional.fill(map, 2, 2 * half.width());
    return map.reshape(-1, half.height(), 2, half.width(), 2, c)
        .permute(0, 1, 3, 4, 2, 5) // B, H/2, W/2, col, row, C
        .reshape(-1, half.positions(), 4 * c);
  }
}
