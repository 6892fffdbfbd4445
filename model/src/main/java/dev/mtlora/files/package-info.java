/** Files read within bounds, and what of their names may be printed. */
@NullMarked
package dev.mtlora.files;

import org.jspecify.annotations.NullMarked;
