/**
 * Opens trained multi-task models and predicts with them.
 *
 * @since 0.1
 */
@SuppressWarnings({"module", "requires-automatic"}) // train is built later; jna has no module-info
module dev.mtlora.model {
  requires transitive java.desktop;
  requires transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.sun.jna;
  requires java.management;
  requires jdk.management;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.opencv;
  requires org.bytedeco.pytorch;

  exports dev.mtlora;
  exports dev.mtlora.backbone;
  exports dev.mtlora.backbone.convnext;
  exports dev.mtlora.backbone.pvt;
  exports dev.mtlora.backbone.swin;
  exports dev.mtlora.backbone.swinv2;
  exports dev.mtlora.decoder;
  exports dev.mtlora.files;
  exports dev.mtlora.image;
  exports dev.mtlora.loss;
  exports dev.mtlora.metric;
  exports dev.mtlora.model;
  exports dev.mtlora.nn;
  exports dev.mtlora.peft;
  exports dev.mtlora.spec;
  exports dev.mtlora.task;
  exports dev.mtlora.tensor;
  exports dev.mtlora.weights;
  exports dev.mtlora.image.array to
      dev.mtlora.train;
  exports dev.mtlora.metric.edges to
      dev.mtlora.train;
  exports dev.mtlora.spec.bind to
      dev.mtlora.train;
  exports dev.mtlora.weights.torch to
      dev.mtlora.train;

  uses dev.mtlora.nn.Extension;
  uses dev.mtlora.weights.FolderReader;
}
