/** Reading and making the reference numbers that golden tests compare with. */
@NullMarked
package dev.mtlora.testing;

import org.jspecify.annotations.NullMarked;
