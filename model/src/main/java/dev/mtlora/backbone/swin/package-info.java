/** Swin Transformer (Liu et al., ICCV 2021), written once for every adapter method. */
@NullMarked
package dev.mtlora.backbone.swin;

import org.jspecify.annotations.NullMarked;
