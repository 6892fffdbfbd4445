package dev.mtlora.peft;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;

/**
 * A linear hyper-network: makes a matrix from an embedding, {@code [F, t] -> [F, out, in]};
 * parameter {@code weight [t, out * in]}.
 */
final class Generator extends Module {
  private final Tensor weight;
  private final long out;
  private final long in;

  private Generator(Tensor weight, long out, long in) {
    this.weight = weight("weight", weight, Owner.ADDED);
    this.out = out;
    this.in = in;
  }

  /** Makes, of embeddings with deviation 1, matrices with deviation 1/sqrt(in). */
  static Generator random(Rng rng, long embedding, long out, long in) {
    Tensor weight = Tensor.randn(rng, embedding, out * in);
    return new Generator(weight.timesInPlace(1 / Math.sqrt(embedding * in)), out, in);
  }

  /** Makes zeros until it is trained. */
  static Generator zeros(long embedding, long out, long in) {
    return new Generator(Tensor.zeros(embedding, out * in), out, in);
  }

  Tensor forward(Tensor embeddings) {
    return embeddings.matmul(weight).view(-1, out, in);
  }
}
