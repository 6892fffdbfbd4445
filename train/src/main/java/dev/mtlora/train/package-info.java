/** Training and evaluation: schedules, the loop, and those who listen to it. */
@NullMarked
package dev.mtlora.train;

import org.jspecify.annotations.NullMarked;
