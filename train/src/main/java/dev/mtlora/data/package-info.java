/**
 * Images and labels as plain Java arrays: datasets, transforms, and the loader that turns them into
 * batches. Nothing here touches the engine, so worker threads never own native tensors.
 */
@NullMarked
package dev.mtlora.data;

import org.jspecify.annotations.NullMarked;
