/** Reference numbers that golden tests compare with, and what tests of all packages share. */
@NullMarked
package dev.mtlora.testing;

import org.jspecify.annotations.NullMarked;
