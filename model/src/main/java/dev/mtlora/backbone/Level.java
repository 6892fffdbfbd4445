package dev.mtlora.backbone;

import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Tensor;

/**
 * One level of a pyramid as it was computed.
 *
 * @param streams {@code [B, N, C]} each
 * @param grid of the N positions
 */
public record Level(Streams streams, Grid grid) {
  /** What a task reads, as a map {@code [B, C, H, W]}. */
  public Tensor map(String task) {
    return grid.map(streams.of(task));
  }
}
