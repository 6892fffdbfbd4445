/** Serves trained models over HTTP: pictures, and the Open Inference Protocol. */
@NullMarked
package dev.mtlora.server;

import org.jspecify.annotations.NullMarked;
