package dev.mtlora.model;

import dev.mtlora.image.Block;
import dev.mtlora.tensor.DType;
import java.util.List;
import java.util.Map;

/**
 * Computes the logits of pictures that are as the model wants them: the part of a prediction that a
 * model does, whatever runs it.
 */
@FunctionalInterface
public interface Forward {
  /**
   * The logits.
   *
   * @param images normalised, {@code [B, 3, H, W]}
   * @param tasks that are wanted
   * @param precision of the arithmetic, F32 or BF16
   * @return by task {@code [B, outputs, H, W]}
   */
  Map<String, Block> logits(Block images, List<String> tasks, DType precision);
}
