package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.Grid;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;

/**
 * The position embeddings of a stage.
 *
 * @param table {@code [1, N, C]}, or {@code [1, 1 + N, C]} with a class token's in front, which a
 *     pyramid has not
 * @param grid of the N positions
 */
record Positions(Tensor table, Grid grid) {
  /** {@code x [B, M, C]} with those of its grid added: resized from the stage's own. */
  Tensor addedTo(Tensor x, Grid to) {
    Tensor map = grid.map(grid.positions(table));
    return x.plus(Grid.tokens(Functional.resizeBilinear(map, to.height(), to.width())));
  }
}
