package dev.mtlora.nn;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;

/**
 * Stochastic depth (Huang et al. 2016): drops the whole branch of a sample, one draw per row of the
 * first dimension, and divides what is kept by 1 - rate. On stacked streams every task draws anew.
 */
public final class DropPath extends Module {
  private final double rate;

  /** Drops with the given rate, in [0, 1). */
  public DropPath(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("drop path must lie in [0, 1) but is " + rate);
    }
    this.rate = rate;
  }

  /** The branch with some samples zeroed. */
  public Tensor forward(Tensor branch) {
    if (!training() || rate == 0) {
      return branch;
    }
    long[] shape = new long[branch.rank()];
    Arrays.fill(shape, 1);
    shape[0] = branch.size(0);
    Tensor ones = Tensor.full(1, shape).to(branch.dtype()).to(branch.device());
    return branch.times(Functional.dropout(ones, rate));
  }

  /** The same, stream by stream. */
  public Streams forward(Streams branch) {
    return branch.map(this::forward);
  }
}
