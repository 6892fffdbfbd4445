/** The multi-task model: one backbone, and a neck and a decoder per task. */
@NullMarked
package dev.mtlora.model;

import org.jspecify.annotations.NullMarked;
