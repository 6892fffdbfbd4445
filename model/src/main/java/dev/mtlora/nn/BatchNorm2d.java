package dev.mtlora.nn;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;

/**
 * Batch normalisation over {@code [B, C, H, W]} (Ioffe and Szegedy 2015), eps 1e-5, momentum 0.1.
 * Buffers: {@code running_mean}, {@code running_var}, {@code num_batches_tracked}.
 */
public final class BatchNorm2d extends Module {
  private final Functional.BatchNormState state;
  private final Tensor batches;

  /** Over {@code channels} channels. */
  public BatchNorm2d(long channels) {
    Tensor weight = parameter("weight", Init.ones(channels), Parameter.Role.NORM);
    Tensor bias = parameter("bias", Tensor.zeros(channels), Parameter.Role.NORM_BIAS);
    Tensor mean = buffer("running_mean", Tensor.zeros(channels));
    Tensor variance = buffer("running_var", Init.ones(channels));
    batches = buffer("num_batches_tracked", Tensor.zeros(DType.I64));
    state = new Functional.BatchNormState(weight, bias, mean, variance, 0.1, 1e-5);
  }

  /**
   * The convolution whose outputs this norm reads, with the norm's running statistics folded in:
   * {@code (y - mean) / sqrt(var + eps) * weight + bias} is a scale and a shift per channel.
   */
  public Convolution foldedInto(Convolution convolution) {
    Tensor deviation = state.runningVar().to(DType.F64).plus(state.eps()).sqrt();
    Tensor scale = state.weight().to(DType.F64).dividedBy(deviation);
    Tensor mean = state.runningMean().to(DType.F64);
    return convolution.then(scale, state.bias().to(DType.F64).minus(mean.times(scale)));
  }

  /**
   * {@code [B, C, H, W] -> [B, C, H, W]}; in training the batch's statistics, and they are kept.
   */
  public Tensor forward(Tensor x) {
    if (training()) {
      batches.incrementInPlace();
    }
    return Functional.batchNorm(x, state, training());
  }
}
