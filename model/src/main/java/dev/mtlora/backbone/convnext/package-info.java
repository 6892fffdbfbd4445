/** ConvNeXt (Liu et al., CVPR 2022), written once for every adapter method. */
@NullMarked
package dev.mtlora.backbone.convnext;

import org.jspecify.annotations.NullMarked;
