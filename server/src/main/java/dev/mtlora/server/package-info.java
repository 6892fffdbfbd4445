/** Serves trained models: pictures over HTTP, the Open Inference Protocol over HTTP and gRPC. */
@NullMarked
package dev.mtlora.server;

import org.jspecify.annotations.NullMarked;
