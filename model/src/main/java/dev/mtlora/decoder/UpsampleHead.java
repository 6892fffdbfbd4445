package dev.mtlora.decoder;

import dev.mtlora.nn.BatchNorm2d;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.ConvTranspose2d;
import dev.mtlora.nn.Convolution;
import dev.mtlora.nn.Foldable;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The smallest head: learned enlargement by transposed convolutions, in the manner of Simple
 * Baselines (Xiao et al. 2018, arXiv 1804.06208).
 *
 * <p>Three transposed convolutions of 32 filters double the concatenated pyramid three times, a 3x3
 * convolution reads the logits out, and two bilinear doublings follow: 32 times the finest level.
 *
 * <p><b>It ends in a ReLU</b>, as the reference does: its logits are never negative. A softmax only
 * compares logits and can live with that; a single logit (saliency, edges) can never say less than
 * one half; surface normals, whose components have both signs, cannot be expressed at all, so this
 * head does not suit the task {@code normals}.
 */
public final class UpsampleHead extends Decoder {
  private static final int FILTERS = 32;
  private static final int DOUBLINGS = 3;

  private final Doublings doublings;
  private final ConvNormRelu predict;

  /** It has no settings. */
  public record Settings() implements DecoderSettings {
    @Override
    public Decoder build(DecoderSpec spec, Rng rng) {
      return new UpsampleHead(spec, rng);
    }
  }

  /** A head with random weights. */
  public UpsampleHead(DecoderSpec spec, Rng rng) {
    super(spec);
    doublings = child("deconv_layers", Doublings.of(spec.sumOfChannels(), rng));
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
    return twice(twice(predict.forward(doublings.forward(concatenate(pyramid)))));
  }

  private static Tensor twice(Tensor x) {
    return Functional.resizeBilinear(x, 2 * x.size(2), 2 * x.size(3));
  }

  /** The transposed convolutions; each has a norm behind it, unless that is folded into it. */
  private static final class Doublings extends Foldable<Doublings> {
    private final List<Convolution> convolutions;
    private final List<BatchNorm2d> norms;

    Doublings(List<Convolution> convolutions, List<BatchNorm2d> norms) {
      this.convolutions = convolutions;
      this.norms = norms;
      for (int i = 0; i < convolutions.size(); i++) {
        int index = 3 * i; // a step is three layers of the reference; the ReLU has no weights
        child("" + index, convolutions.get(i));
        if (!norms.isEmpty()) {
          child("" + (index + 1), norms.get(i));
        }
      }
    }

    static Doublings of(int channels, Rng rng) {
      List<Convolution> convolutions = new ArrayList<>();
      List<BatchNorm2d> norms = new ArrayList<>();
      for (int i = 0; i < DOUBLINGS; i++) {
        convolutions.add(new ConvTranspose2d(rng, i == 0 ? channels : FILTERS, FILTERS, 2));
        norms.add(new BatchNorm2d(FILTERS));
      }
      return new Doublings(convolutions, norms);
    }

    @Override
    protected Optional<Doublings> folded() {
      List<Convolution> folded = new ArrayList<>();
      for (int i = 0; i < norms.size(); i++) {
        folded.add(norms.get(i).foldedInto(convolutions.get(i)));
      }
      return folded.isEmpty() ? Optional.empty() : Optional.of(new Doublings(folded, List.of()));
    }

    /** {@code [B, C, H, W] -> [B, 32, 8 H, 8 W]}. */
    Tensor forward(Tensor x) {
      return standIn().orElse(this).run(x);
    }

    private Tensor run(Tensor x) {
      for (int i = 0; i < convolutions.size(); i++) {
        Tensor y = convolutions.get(i).forward(x); // B, 32, 2 H, 2 W
        x = Functional.relu(norms.isEmpty() ? y : norms.get(i).forward(y));
      }
      return x;
    }
  }
}
