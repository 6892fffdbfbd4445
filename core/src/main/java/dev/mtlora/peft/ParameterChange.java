package dev.mtlora.peft;

import dev.mtlora.tensor.Tensor;
import java.util.List;

/**
 * What a method wants deleted from its parameters after a step; an optimiser deletes the same of
 * what it keeps for them.
 *
 * @param parts parameters and buffers
 */
public record ParameterChange(List<Part> parts) {
  /** Copies the list. */
  public ParameterChange {
    parts = List.copyOf(parts);
  }

  /**
   * One tensor that becomes smaller.
   *
   * @param tensor the tensor
   * @param dimension along which it becomes smaller
   * @param kept positions that stay, in order
   */
  public record Part(Tensor tensor, int dimension, List<Long> kept) {
    /** Copies the positions. */
    public Part {
      kept = List.copyOf(kept);
    }
  }
}
