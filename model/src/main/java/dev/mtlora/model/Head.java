package dev.mtlora.model;

import dev.mtlora.decoder.Decoder;
import dev.mtlora.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * What one task adds to the backbone.
 *
 * @param task the task
 * @param neck narrows the pyramid before the decoder; null for none; may be the same for all tasks
 * @param decoder turns the task's pyramid into logits
 */
public record Head(Task task, @Nullable Neck neck, Decoder decoder) {}
