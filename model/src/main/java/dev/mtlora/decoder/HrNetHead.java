package dev.mtlora.decoder;

import dev.mtlora.nn.Conv2d;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;

/**
 * The head of HRNetV2 (Wang et al. 2020, arXiv 1908.07919), MTLoRA's default decoder.
 *
 * <p>All levels are brought to the size of the finest and laid side by side; two 1x1 convolutions
 * then mix them pixel by pixel, so every context beyond that pixel has to be in the pyramid
 * already. The hidden layer has four times the channels of the stack (the original: as many), and,
 * although batch normalisation follows and cancels it, a bias: published weights have one.
 */
public final class HrNetHead extends Decoder {
  private static final int EXPANSION = 4;

  private final ConvNormRelu mix;
  private final Conv2d predict;

  /** It has no settings. */
  public record Settings() implements DecoderSettings {
    @Override
    public Decoder build(DecoderSpec spec, Rng rng) {
      return new HrNetHead(spec, rng);
    }
  }

  /** A head with random weights. */
  public HrNetHead(DecoderSpec spec, Rng rng) {
    super(spec);
    int channels = spec.sumOfChannels();
    int hidden = EXPANSION * channels;
    mix =
        child(
            "last_layer",
            new ConvNormRelu(
                rng,
                Conv2d.Shape.pointwise(channels, hidden),
                true,
                new ConvNormRelu.Names("0", "1")));
    predict =
        child(
            "last_layer.3", new Conv2d(rng, Conv2d.Shape.pointwise(hidden, spec.outputs()), true));
  }

  /** {@code [B, Ci, Hi, Wi] -> [B, outputs, H0, W0]}. */
  @Override
  public Tensor forward(List<Tensor> pyramid) {
    requireFit(pyramid);
    return predict.forward(mix.forward(pyramid, true));
  }
}
