/**
 * Augmentation and preparation of samples. Labels are treated by their task: {@code normals} are
 * vectors that turn with the picture, {@code depth} is a distance, all others are regions of class
 * indices or masks.
 */
@NullMarked
package dev.mtlora.data.transform;

import org.jspecify.annotations.NullMarked;
