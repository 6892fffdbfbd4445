package dev.mtlora.decoder;

import java.util.List;

/**
 * What a decoder must fit.
 *
 * @param channels channels of each level of the pyramid, finest first
 * @param outputs channels of the logits
 */
public record DecoderSpec(List<Integer> channels, int outputs) {
  /** Checks the numbers and keeps a copy of the list. */
  public DecoderSpec {
    channels = List.copyOf(channels);
    if (channels.isEmpty() || channels.stream().anyMatch(c -> c < 1)) {
      throw new IllegalArgumentException(
          "a decoder needs at least one level, each of at least one channel, but got " + channels);
    }
    if (outputs < 1) {
      throw new IllegalArgumentException(
          "a decoder needs at least one output channel but got " + outputs);
    }
  }

  /** Channels of all levels side by side. */
  public int sumOfChannels() {
    return channels.stream().mapToInt(Integer::intValue).sum();
  }
}
