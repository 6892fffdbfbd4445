/**
 * The boundary benchmark of Berkeley in Java: how well a map of edge probabilities agrees with
 * edges that people drew. {@link dev.mtlora.metric.edges.EdgeScores} is the way in.
 */
@NullMarked
package dev.mtlora.metric.edges;

import org.jspecify.annotations.NullMarked;
