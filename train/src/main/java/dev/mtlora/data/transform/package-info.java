/**
 * Augmentation and preparation of samples. What happens to a label is what its {@link
 * dev.mtlora.task.Label} says.
 */
@NullMarked
package dev.mtlora.data.transform;

import org.jspecify.annotations.NullMarked;
