/** Files of weights: safetensors, checkpoints that training resumes from, adapter files. */
@NullMarked
package dev.mtlora.io;

import org.jspecify.annotations.NullMarked;
