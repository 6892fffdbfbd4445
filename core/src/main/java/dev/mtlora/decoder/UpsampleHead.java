package dev.mtlora.decoder;

import dev.mtlora.nn.BatchNorm2d;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.ConvTranspose2d;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The smallest head: learned enlargement by transposed convolutions, in the manner of Simple
 * Baselines (Xiao et al. 2018, arXiv 1804.06208).
 *
 * <p>Three transposed convolutions of 32 filters double the concatenated pyramid three times, a 3x3
 * convolution reads the logits out, and two bilinear doublings follow: 32 times the finest level.
 *
 * <p><b>It ends in a ReLU</b>, as the reference does: its logits are never negative. Softmax and
 * thresholds above one half can live with that; surface normals, whose components have both signs,
 * cannot, so it does not suit the task {@code normals}.
 */
public final class UpsampleHead extends Decoder {
  private static final int FILTERS = 32;
  private static final int DOUBLINGS = 3;

  private final List<ConvTranspose2d> enlargements = new ArrayList<>();
  private final List<BatchNorm2d> norms = new ArrayList<>();
  private final ConvNormRelu predict;

  /** A head with random weights. */
  public UpsampleHead(DecoderSpec spec, Rng rng) {
    super(spec);
    int channels = spec.sumOfChannels();
    for (int i = 0; i < DOUBLINGS; i++) {
      String layers = "deconv_layers.";
      int index = 3 * i; // a step is three layers of the reference; the ReLU has no weights
      enlargements.add(child(layers + index, new ConvTranspose2d(rng, channels, FILTERS, 2)));
      norms.add(child(layers + (index + 1), new BatchNorm2d(FILTERS)));
      channels = FILTERS;
    }
    predict =
        child(
            "conv_layers",
            new ConvNormRelu(
                rng,
                Conv2d.Shape.threeByThree(FILTERS, spec.outputs(), 1),
                true,
                new ConvNormRelu.Names("0", "1")));
  }

  /** {@code [B, Ci, Hi, Wi] -> [B, outputs, 32 H0, 32 W0]}, not negative. */
  @Override
  public Tensor forward(List<Tensor> pyramid) {
    Tensor x = concatenate(pyramid);
    for (int i = 0; i < DOUBLINGS; i++) {
      x = Functional.relu(norms.get(i).forward(enlargements.get(i).forward(x))); // B, 32, 2 H, 2 W
    }
    return twice(twice(predict.forward(x)));
  }

  private static Tensor twice(Tensor x) {
    return Functional.resizeBilinear(x, 2 * x.size(2), 2 * x.size(3));
  }
}
