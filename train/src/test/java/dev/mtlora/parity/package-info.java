/** Whole models against numbers measured by running the reference implementation. */
@NullMarked
package dev.mtlora.parity;

import org.jspecify.annotations.NullMarked;
