package dev.mtlora.backbone.swin;

import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Slot;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;

/**
 * Halves the grid: four neighbours joined, normed and reduced, {@code [B, N, C] -> [B, N/4, 2C]}.
 * Prompts in front of the positions have no neighbours and are joined with themselves.
 */
final class PatchMerging extends Module {
  private final long side;
  private final Grid grid;
  private final LayerNorm norm;
  private final Projection reduction;

  PatchMerging(int side, long channels, Sites sites, Rng rng) {
    this.side = side;
    grid = new Grid(side);
    Linear dense = Linear.truncatedNormal(rng, 4 * channels, 2 * channels, false);
    reduction = child("reduction", sites.adapt(dense, Slot.REDUCTION), Owner.REDUCTIONS);
    norm = child("norm", new LayerNorm(4 * channels));
  }

  Streams forward(Streams x) {
    return reduction.forward(x.map(stream -> norm.forward(joined(stream))));
  }

  private Tensor joined(Tensor x) {
    long count = grid.prompts(x);
    Tensor positions = neighbours(grid.positions(x));
    if (count == 0) {
      return positions;
    }
    Tensor prompts = x.narrow(1, 0, count); // B, P, C
    Tensor fourfold = Tensor.cat(List.of(prompts, prompts, prompts, prompts), -1);
    return Tensor.cat(List.of(fourfold, positions), 1);
  }

  /** Neighbours in the order (row 0, column 0), (1, 0), (0, 1), (1, 1). */
  private Tensor neighbours(Tensor x) {
    long c = x.size(-1);
    return x.reshape(-1, side / 2, 2, side / 2, 2, c)
        .permute(0, 1, 3, 4, 2, 5) // B, H/2, W/2, col, row, C
        .reshape(-1, side * side / 4, 4 * c);
  }
}
