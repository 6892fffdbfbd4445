/**
 * The dense tasks: what each predicts, its loss and weight, how it is scored and shown; and the
 * weighted sum of several.
 */
@NullMarked
package dev.mtlora.task;

import org.jspecify.annotations.NullMarked;
