/**
 * Synthetic scenes with exact labels for all six tasks, made by a small ray caster in plain Java.
 *
 * <p>World coordinates are metres, right-handed, y up. Everything is computed with operations that
 * IEEE 754 and {@link java.lang.StrictMath} fix to the last bit, so a scene is the same everywhere.
 */
@NullMarked
package dev.mtlora.data.scenes;

import org.jspecify.annotations.NullMarked;
