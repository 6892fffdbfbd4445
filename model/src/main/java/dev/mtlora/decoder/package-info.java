/** Decoders: from the pyramid of one task to its logits. */
@NullMarked
package dev.mtlora.decoder;

import org.jspecify.annotations.NullMarked;
