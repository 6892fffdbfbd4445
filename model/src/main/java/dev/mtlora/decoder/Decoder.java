package dev.mtlora.decoder;

import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/** Turns the pyramid of one task into its logits. */
public abstract class Decoder extends Module {
  private final DecoderSpec spec;

  /** A decoder of pyramids that fit the given spec. */
  protected Decoder(DecoderSpec spec) {
    this.spec = spec;
  }

  /**
   * The logits at the decoder's own size; the model resizes them to the image.
   *
   * @param pyramid {@code [B, Ci, Hi, Wi]}, finest level first
   * @return {@code [B, outputs, H, W]}
   */
  public abstract Tensor forward(List<Tensor> pyramid);

  /** The fewest images that a training batch may have. */
  public int minimumTrainingBatch() {
    return 1;
  }

  /** The levels resized to the first one and laid side by side: {@code [B, sum of Ci, H0, W0]}. */
  final Tensor concatenate(List<Tensor> pyramid) {
    requireFit(pyramid);
    return Tensor.cat(pyramid.stream().map(level -> resize(level, pyramid.get(0))).toList(), 1);
  }

  /** Fails if a setting is no rate of dropping. */
  static void requireRate(double dropout) {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "dropout must be at least 0 and below 1 but is %s", dropout));
    }
  }

  /** {@code [B, C, h, w]} resized to the height and width of another tensor. */
  static Tensor resize(Tensor level, Tensor like) {
    return Functional.resizeBilinear(level, like.size(2), like.size(3));
  }

  /** Refuses a pyramid of other channels than the spec's. */
  final void requireFit(List<Tensor> pyramid) {
    List<Integer> channels = pyramid.stream().map(level -> (int) level.size(1)).toList();
    if (!channels.equals(spec.channels())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s was built for a pyramid of %s channels but got %s",
              getClass().getSimpleName(),
              spec.channels(),
              channels));
    }
  }
}
