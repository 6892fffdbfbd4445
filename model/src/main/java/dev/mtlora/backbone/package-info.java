/** Backbones: images to a pyramid of feature maps, one per task where a method forks them. */
@NullMarked
package dev.mtlora.backbone;

import org.jspecify.annotations.NullMarked;
