package dev.mtlora.loss;

import dev.mtlora.tensor.Tensor;

/**
 * The normals loss as the reference implementation differentiates it.
 *
 * <p>It picks the valid elements with PyTorch 1.13's {@code masked_select}, whose backward writes
 * the gradient of the k-th valid element in channel-first order into the k-th valid element of the
 * prediction's <em>memory</em>. The decoders' outputs lie channel by channel for each pixel
 * (channels last), so every gradient lands on the wrong element. The value of the loss is right,
 * and so is the gradient of predictions that lie channel first. Later versions of PyTorch have
 * mended it. Ours is {@link L1#ofUnit}; this one exists to compare with numbers of the reference.
 */
public final class ReferenceNormals {
  private ReferenceNormals() {}

  /**
   * The same value as {@link L1#ofUnit}, with the reference's gradient.
   *
   * @param prediction {@code [B, 3, H, W]}
   * @param target {@code [B, 3, H, W]}, unit vectors or {@link Labels#IGNORE}
   * @return shape []
   */
  public static Tensor of(Tensor prediction, Tensor target) {
    Tensor value = L1.ofUnit(prediction, target);
    if (!prediction.isChannelsLast()) {
      return value;
    }
    Tensor unit = L1.unit(prediction.atLeastF32());
    Tensor valid = Labels.valid(target);
    Tensor sign = unit.detach().minus(target).sign().maskedSelect(valid);
    Tensor inMemory = channelsLast(unit).maskedSelect(channelsLast(valid));
    Tensor surrogate = sign.times(inMemory).sum().dividedBy(Labels.countOf(valid));
    return surrogate.minus(surrogate.detach()).plus(value.detach());
  }

  private static Tensor channelsLast(Tensor x) {
    return x.permute(0, 2, 3, 1).contiguous();
  }
}
