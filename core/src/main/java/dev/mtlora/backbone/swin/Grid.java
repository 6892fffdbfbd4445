package dev.mtlora.backbone.swin;

import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Tensor;

/**
 * The positions of a feature map, {@code [B, side * side, C]}; prompts may stand in front of them.
 *
 * @param side positions along a side
 */
record Grid(long side) {
  /** Number of prompts in front of the positions. */
  long prompts(Tensor x) {
    return x.size(1) - side * side;
  }

  /** {@code [B, P + side * side, C] -> [B, side * side, C]}. */
  Tensor positions(Tensor x) {
    long prompts = prompts(x);
    return prompts == 0 ? x : x.narrow(1, prompts, side * side);
  }

  /** The same for every stream. */
  Streams positions(Streams x) {
    return x.map(this::positions);
  }
}
