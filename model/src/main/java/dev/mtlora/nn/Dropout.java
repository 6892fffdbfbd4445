package dev.mtlora.nn;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;

/** Dropout (Srivastava et al. 2014); does nothing outside training or with rate 0. */
public final class Dropout extends Module {
  private final double rate;
  private final boolean channels;

  private Dropout(double rate, boolean channels) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout must lie in [0, 1) but is " + rate);
    }
    this.rate = rate;
    this.channels = channels;
  }

  /** Drops single values. */
  public Dropout(double rate) {
    this(rate, false);
  }

  /** Drops whole channels of {@code [B, C, H, W]}. */
  public static Dropout ofChannels(double rate) {
    return new Dropout(rate, true);
  }

  /** True if values are dropped now. */
  public boolean active() {
    return training() && rate > 0;
  }

  /** The input with some values zeroed and the others divided by 1 - rate. */
  public Tensor forward(Tensor x) {
    if (!active()) {
      return x;
    }
    return channels ? Functional.channelDropout(x, rate) : Functional.dropout(x, rate);
  }
}
