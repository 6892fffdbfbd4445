/**
 * Scores over a whole set: a {@link dev.mtlora.metric.Meter} takes batches of logits and targets,
 * keeps sums in {@code double} and {@code long}, and divides once.
 */
@NullMarked
package dev.mtlora.metric;

import org.jspecify.annotations.NullMarked;
