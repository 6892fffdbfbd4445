/** Benchmarks of the hot paths, run with JMH; never published. */
@NullMarked
package dev.mtlora.bench;

import org.jspecify.annotations.NullMarked;
