/**
 * Writes models as ONNX files, and predicts with such files.
 *
 * @since 0.1
 */
@SuppressWarnings("requires-automatic") // onnxruntime names its module in its manifest only
module dev.mtlora.onnx {
  requires transitive dev.mtlora.model;
  requires com.microsoft.onnxruntime;

  exports dev.mtlora.onnx;
}
