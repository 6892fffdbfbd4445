/** Training and evaluation: the loop, schedules of the learning rate, and those who listen. */
@NullMarked
package dev.mtlora.train;

import org.jspecify.annotations.NullMarked;
