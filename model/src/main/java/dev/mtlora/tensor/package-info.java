/**
 * The engine: the only package that knows libtorch. Everything above it sees {@link
 * dev.mtlora.tensor.Tensor}, {@link dev.mtlora.tensor.Scope} and a few plain values.
 */
@NullMarked
package dev.mtlora.tensor;

import org.jspecify.annotations.NullMarked;
