/** Weighing the losses of several tasks against each other. */
@NullMarked
package dev.mtlora.train.balance;

import org.jspecify.annotations.NullMarked;
