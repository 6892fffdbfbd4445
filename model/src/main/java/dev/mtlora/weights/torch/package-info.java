/**
 * Files that {@code torch.save} has written, old and new: read without running what is in them, and
 * written so that PyTorch reads them.
 */
@NullMarked
package dev.mtlora.weights.torch;

import org.jspecify.annotations.NullMarked;
