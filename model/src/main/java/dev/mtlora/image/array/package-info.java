/** Files that hold plain numbers instead of a picture: one array for one image. */
@NullMarked
package dev.mtlora.image.array;

import org.jspecify.annotations.NullMarked;
