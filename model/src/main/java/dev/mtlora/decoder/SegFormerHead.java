package dev.mtlora.decoder;

import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.Dropout;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The all-MLP head of SegFormer (Xie et al. 2021, arXiv 2105.15203, section 3.2).
 *
 * <p>A linear layer per level brings all of them to one width <em>before</em> they are resized,
 * which keeps the resizing cheap; the levels are then laid side by side, deepest first, fused by a
 * 1x1 convolution and read out by another.
 *
 * <p>The head also owns {@code conv_seg}, a 1x1 convolution that nothing reads: published weights
 * and published parameter counts include it. It never receives a gradient.
 */
public final class SegFormerHead extends Decoder {
  private final List<Embedding> embeddings = new ArrayList<>(); // deepest first
  private final ConvNormRelu fuse;
  private final Dropout dropout;
  private final Conv2d predict;

  /**
   * The settings of the head.
   *
   * @param channels of every embedded level and of the fused map, at most 16,384
   * @param dropout rate at which fused channels are dropped while training, in [0, 1)
   */
  public record Settings(int channels, double dropout) implements DecoderSettings {
    /** As published: 256 channels, of which a tenth is dropped while training. */
    public static final Settings PAPER = new Settings(256, 0.1);

    private static final int MOST = 16_384;

    /** Checks the ranges. */
    public Settings {
      if (channels < 1 || channels > MOST) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "channels must be 1 to %,d but is %d", MOST, channels));
      }
      requireRate(dropout);
    }

    @Override
    public Decoder build(DecoderSpec spec, Rng rng) {
      return new SegFormerHead(spec, rng, channels, dropout);
    }
  }

  /**
   * A head with random weights.
   *
   * @param width channels of every embedded level and of the fused map
   * @param dropout rate at which fused channels are dropped while training, in [0, 1)
   */
  public SegFormerHead(DecoderSpec spec, Rng rng, int width, double dropout) {
    super(spec);
    Conv2d.Shape readOut = Conv2d.Shape.pointwise(width, spec.outputs());
    int levels = spec.channels().size();
    child("conv_seg", new Conv2d(rng, readOut, true));
    for (int level = levels; level >= 1; level--) {
      Embedding embedding = new Embedding(rng, spec.channels().get(level - 1), width);
      embeddings.add(child("linear_c" + level, embedding));
    }
    fuse =
        child(
            "linear_fuse",
            new ConvNormRelu(
                rng,
                Conv2d.Shape.pointwise((long) levels * width, width),
                false,
                new ConvNormRelu.Names("conv", "bn")));
    this.dropout = child("dropout", Dropout.ofChannels(dropout));
    predict = child("linear_pred", new Conv2d(rng, readOut, true));
  }

  /** {@code [B, Ci, Hi, Wi] -> [B, outputs, H0, W0]}. */
  @Override
  public Tensor forward(List<Tensor> pyramid) {
    requireFit(pyramid);
    List<Tensor> embedded = new ArrayList<>();
    for (int i = 0; i < embeddings.size(); i++) {
      int deepest = embeddings.size() - 1;
      embedded.add(embeddings.get(deepest - i).forward(pyramid.get(i)));
    }
    return predict.forward(dropout.forward(fuse.forward(embedded, false)));
  }

  /** A linear layer over the channels of one level. */
  private static final class Embedding extends Module {
    private final Linear projection;

    Embedding(Rng rng, int in, int width) {
      projection = child("proj", Linear.standard(rng, in, width));
    }

    /** {@code [B, C, H, W] -> [B, width, H, W]}. */
    Tensor forward(Tensor x) {
      return projection.forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2);
    }
  }
}
