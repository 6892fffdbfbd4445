/**
 * Files of weights: what is read is checked before it is believed, what is written appears whole or
 * not at all.
 */
@NullMarked
package dev.mtlora.weights;

import org.jspecify.annotations.NullMarked;
