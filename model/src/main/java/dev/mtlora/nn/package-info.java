/** Layers: a tree of modules with named parameters, and the streams that flow through them. */
@NullMarked
package dev.mtlora.nn;

import org.jspecify.annotations.NullMarked;
