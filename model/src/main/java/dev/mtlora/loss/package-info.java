/**
 * Losses of dense predictions, as pure functions of tensors: logits and a label in, one value out.
 *
 * <p>All of them compute in f32 whatever the logits are, but for f64, which stays; they leave
 * ignored pixels out of every sum, give 0 with a zero gradient where everything is ignored, and
 * never wait for the device.
 */
@NullMarked
package dev.mtlora.loss;

import org.jspecify.annotations.NullMarked;
