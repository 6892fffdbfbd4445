package dev.mtlora.model;

import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Narrows a pyramid before it is decoded: a 1x1 convolution without bias on each level, {@code
 * downsample_<level>}, so that the decoders stay small whatever the backbone. Heights and widths
 * stay.
 */
public final class Neck extends Module {
  /** MTLoRA's channels, finest level first (arXiv 2403.20320, reference implementation). */
  public static final List<Integer> DEFAULT_CHANNELS = List.of(18, 36, 72, 144);

  private final List<Conv2d> levels = new ArrayList<>();

  /**
   * A neck with random weights.
   *
   * @param in channels of each level of the pyramid, finest first
   * @param out channels that each level becomes
   */
  public Neck(Rng rng, List<Integer> in, List<Integer> out) {
    if (in.size() != out.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a neck needs one width per level: the pyramid has %d levels %s but the neck has %d %s",
              in.size(),
              in,
              out.size(),
              out));
    }
    for (int level = 0; level < in.size(); level++) {
      Conv2d.Shape shape = Conv2d.Shape.pointwise(in.get(level), out.get(level));
      levels.add(child("downsample_" + level, new Conv2d(rng, shape, false)));
    }
  }

  /** {@code [B, in_i, Hi, Wi] -> [B, out_i, Hi, Wi]} for every level i. */
  public List<Tensor> forward(List<Tensor> pyramid) {
    if (pyramid.size() != levels.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the neck was built for %d levels but the pyramid has %d",
              levels.size(),
              pyramid.size()));
    }
    List<Tensor> narrowed = new ArrayList<>();
    for (int level = 0; level < levels.size(); level++) {
      narrowed.add(levels.get(level).forward(pyramid.get(level)));
    }
    return narrowed;
  }
}
