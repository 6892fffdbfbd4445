/** Pictures as plain Java arrays: read and written, resampled, drawn. */
@NullMarked
package dev.mtlora.image;

import org.jspecify.annotations.NullMarked;
