/** Swin Transformer V2 (Liu et al., CVPR 2022), written once for every adapter method. */
@NullMarked
package dev.mtlora.backbone.swinv2;

import org.jspecify.annotations.NullMarked;
