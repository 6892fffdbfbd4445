package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.Grid;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;

/**
 * What keys and values are made of, {@code [B, N, C] -> [B, M, C]}: {@code norm(sr(x))}, sr being a
 * convolution that makes one position of a square of them and drops what is left over; or {@code
 * gelu(norm(sr(averages)))} of 7 x 7 averages, sr being pointwise.
 */
final class Reduction extends Module {
  private static final int AVERAGES = 7;

  private final Conv2d sr;
  private final LayerNorm norm;
  private final boolean averages;

  Reduction(Conv2d sr, long channels, boolean averages) {
    this.sr = child("sr", sr);
    this.averages = averages;
    norm = child("norm", new LayerNorm(channels));
  }

  Tensor forward(Tensor x, Grid grid) {
    Tensor map = grid.map(x);
    return averages
        ? Functional.gelu(reduced(Functional.averagePool(map, AVERAGES, AVERAGES)))
        : reduced(map);
  }

  private Tensor reduced(Tensor map) {
    return norm.forward(Grid.tokens(sr.forward(map)));
  }
}
