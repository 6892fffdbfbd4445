/**
 * Pyramid Vision Transformers (Wang et al., ICCV 2021, and version 2, CVMJ 2022), written once for
 * every adapter method.
 */
@NullMarked
package dev.mtlora.backbone.pvt;

import org.jspecify.annotations.NullMarked;
