package dev.mtlora.decoder;

import dev.mtlora.tensor.Rng;

/** A kind of decoder and its settings; implementations are records that check themselves. */
public interface DecoderSettings {
  /** A decoder that fits the spec, with random weights, in the scope that is open. */
  Decoder build(DecoderSpec spec, Rng rng);
}
