/** A trained model to embed: {@link dev.mtlora.TrainedModel} is where to begin. */
@NullMarked
package dev.mtlora;

import org.jspecify.annotations.NullMarked;
