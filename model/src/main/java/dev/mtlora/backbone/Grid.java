package dev.mtlora.backbone;

import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Tensor;

/**
 * The positions of a feature map, {@code [B, height * width, C]}, row by row; prompts may stand in
 * front of them.
 *
 * @param height positions
 * @param width positions
 */
public record Grid(long height, long width) {
  /** Number of positions. */
  public long positions() {
    return height * width;
  }

  /** The grid of windows side by side that cover this one, the last ones in part. */
  public Grid covered(long side) {
    return new Grid((height + side - 1) / side, (width + side - 1) / side);
  }

  /** Number of prompts in front of the positions. */
  public long prompts(Tensor x) {
    return x.size(1) - positions();
  }

  /** {@code [B, P + N, C] -> [B, N, C]}. */
  public Tensor positions(Tensor x) {
    long prompts = prompts(x);
    return prompts == 0 ? x : x.narrow(1, prompts, positions());
  }

  /** The same for every stream. */
  public Streams positions(Streams x) {
    return x.map(this::positions);
  }

  /** {@code [B, N, C] -> [B, C, H, W]}. */
  public Tensor map(Tensor tokens) {
    return tokens.transpose(1, 2).reshape(tokens.size(0), tokens.size(2), height, width);
  }

  /** {@code [B, C, H, W] -> [B, N, C]}, a view. */
  public static Tensor tokens(Tensor map) {
    return map.reshape(map.size(0), map.size(1), -1).transpose(1, 2);
  }

  /** The grid of a map {@code [B, C, H, W]}. */
  public static Grid of(Tensor map) {
    return new Grid(map.size(2), map.size(3));
  }
}
