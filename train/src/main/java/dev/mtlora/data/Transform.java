package dev.mtlora.data;

import dev.mtlora.tensor.Rng;

/** Changes an image and its labels together; every random choice comes from the given stream. */
@FunctionalInterface
public interface Transform {
  /** The changed sample; the given one stays as it was. */
  Sample apply(Sample sample, Rng rng);
}
