/** Looks through a dataset for what would make training fail or teach something wrong. */
@NullMarked
package dev.mtlora.data.check;

import org.jspecify.annotations.NullMarked;
