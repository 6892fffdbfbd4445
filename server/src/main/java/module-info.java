/**
 * Serves trained models over HTTP and gRPC.
 *
 * @since 0.1
 */
@SuppressWarnings("requires-automatic") // Micrometer's names stand in its manifests only
module dev.mtlora.server {
  requires transitive dev.mtlora.model;
  requires com.fasterxml.jackson.core;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires org.eclipse.jetty.http2.server;
  requires org.eclipse.jetty.server;

  exports dev.mtlora.server;
}
