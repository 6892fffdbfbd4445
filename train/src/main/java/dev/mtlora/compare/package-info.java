/** Methods side by side on the same data: what to run, what came out, tables and plots. */
@NullMarked
package dev.mtlora.compare;

import org.jspecify.annotations.NullMarked;
