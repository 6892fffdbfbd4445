/** ONNX files of models: written of recordings, computed by ONNX Runtime. */
@NullMarked
package dev.mtlora.onnx;

import org.jspecify.annotations.NullMarked;
