package dev.mtlora.decoder;

import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.Dropout;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Atrous spatial pyramid pooling, the head of DeepLabv3 (Chen et al. 2017, arXiv 1706.05587).
 *
 * <p>Five views of the same map at five scales, side by side: a 1x1 convolution, three 3x3
 * convolutions whose taps lie 12, 24 and 36 pixels apart, and the mean of the whole map. It sees
 * far more than the other heads and costs far more: six times their parameters.
 *
 * <p>The mean is one value per image and channel, and batch normalisation of it needs two images at
 * least: a training batch of one is refused.
 */
public final class AsppHead extends Decoder {
  private static final int WIDTH = 256;
  private static final int[] DILATIONS = {12, 24, 36};

  private final Pooling pooling;
  private final ConvNormRelu refine;
  private final Conv2d predict;

  /**
   * The settings of the head.
   *
   * @param dropout rate at which pooled values are dropped while training, in [0, 1)
   */
  public record Settings(double dropout) implements DecoderSettings {
    /** As published: half of the values. */
    public static final Settings PAPER = new Settings(0.5);

    /** Checks the range. */
    public Settings {
      requireRate(dropout);
    }

    @Override
    public Decoder build(DecoderSpec spec, Rng rng) {
      return new AsppHead(spec, rng, dropout);
    }
  }

  /**
   * A head with random weights.
   *
   * @param dropout rate at which pooled values are dropped while training, in [0, 1)
   */
  public AsppHead(DecoderSpec spec, Rng rng, double dropout) {
    super(spec);
    pooling = child("0", new Pooling(rng, spec.sumOfChannels(), dropout));
    // The empty name: the reference lays the head out flat, as 0, 1, 2, 4.
    refine = child("", block(rng, Conv2d.Shape.threeByThree(WIDTH, WIDTH, 1), "1", "2"));
    predict = child("4", new Conv2d(rng, Conv2d.Shape.pointwise(WIDTH, spec.outputs()), true));
  }

  private static ConvNormRelu block(Rng rng, Conv2d.Shape shape, String conv, String norm) {
    return new ConvNormRelu(rng, shape, false, new ConvNormRelu.Names(conv, norm));
  }

  /** Two: see above. */
  @Override
  public int minimumTrainingBatch() {
    return 2;
  }

  /** {@code [B, Ci, Hi, Wi] -> [B, outputs, H0, W0]}. */
  @Override
  public Tensor forward(List<Tensor> pyramid) {
    Tensor x = concatenate(pyramid);
    if (training() && x.size(0) < minimumTrainingBatch()) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "the aspp decoder cannot train on a batch of %d image: its pooled branch normalises over",
                  x.size(0))
              + " the batch and needs at least 2; raise the batch size or take another decoder");
    }
    return predict.forward(refine.forward(pooling.forward(x)));
  }

  /** The five views and their fusion. */
  private static final class Pooling extends Module {
    private final List<ConvNormRelu> local = new ArrayList<>();
    private final ConvNormRelu global;
    private final ConvNormRelu project;
    private final Dropout dropout;

    Pooling(Rng rng, int channels, double rate) {
      local.add(child("convs.0", block(rng, Conv2d.Shape.pointwise(channels, WIDTH), "0", "1")));
      for (int dilation : DILATIONS) {
        Conv2d.Shape shape = Conv2d.Shape.threeByThree(channels, WIDTH, dilation);
        local.add(child("convs." + local.size(), block(rng, shape, "0", "1")));
      }
      int views = local.size() + 1;
      // Its first layer, "0", is the pooling itself.
      global =
          child(
              "convs." + local.size(),
              block(rng, Conv2d.Shape.pointwise(channels, WIDTH), "1", "2"));
      project =
          child(
              "project", block(rng, Conv2d.Shape.pointwise((long) views * WIDTH, WIDTH), "0", "1"));
      dropout = child("project.3", new Dropout(rate));
    }

    /** {@code [B, C, H, W] -> [B, 256, H, W]}. */
    Tensor forward(Tensor x) {
      List<Tensor> views = new ArrayList<>();
      local.forEach(branch -> views.add(branch.forward(x)));
      Tensor mean = global.forward(Functional.globalAveragePool(x)); // B, 256, 1, 1
      views.add(mean.expand(-1, -1, x.size(2), x.size(3))); // resizing one pixel repeats it
      return dropout.forward(project.forward(Tensor.cat(views, 1)));
    }
  }
}
