package dev.mtlora.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves models over HTTP: pictures at {@code /v1/predict}, the Open Inference Protocol below
 * {@code /v2}, metrics at {@code /metrics}, and a page at {@code /}.
 *
 * <pre>{@code
 * try (ModelStore store = new ModelStore()) {
 *   store.add("street", Path.of("runs/street"));
 *   try (ModelServer server = ModelServer.start(ServerOptions.USUAL, store)) {
 *     ... // until the program ends
 *   }
 * }
 * }</pre>
 *
 * <p>A request that has come in whole has a thread until it is answered, so there are as many as
 * requests at once; those that come in or are read slowly have none. They are threads of the
 * system, not virtual ones: native code keeps settings and threads of its own for each that calls
 * it, which a virtual thread would take from one to the next.
 */
public final class ModelServer implements AutoCloseable {
  private static final int OTHER_THREADS = 16;
  private static final int BACKLOG = 128;

  /** How long requests may take to end when the server is closed, beyond their deadline. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Server server;
  private final ServerConnector connector;
  private final Admission admission;
  private final Duration longest;
  private final CountDownLatch closed = new CountDownLatch(1);

  private ModelServer(
      Server server, ServerConnector connector, Admission admission, Duration longest) {
    this.server = server;
    this.connector = connector;
    this.admission = admission;
    this.longest = longest;
  }

  /**
   * Starts to serve, without an access log.
   *
   * @throws IllegalArgumentException if the file of keys has none
   * @throws IllegalStateException if the port is taken, or the host is none of this machine's
   */
  public static ModelServer start(ServerOptions options, ModelStore store) {
    return start(options, store, line -> {});
  }

  /**
   * Starts to serve.
   *
   * @param store of the models; it stays open when the server is closed
   * @param access hears of every answer, a line of JSON without its end; called by many threads
   */
  public static ModelServer start(
      ServerOptions options, ModelStore store, Consumer<String> access) {
    Limits limits = options.limits();
    Admission admission = new Admission(limits);
    Metrics metrics = new Metrics(admission, store);
    store.watch(metrics::onBatch);
    QueuedThreadPool threads =
        new QueuedThreadPool(limits.requests() + OTHER_THREADS, OTHER_THREADS);
    threads.setName("mtlora server");
    Server server = new Server(threads);
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration(limits)));
    connector.setHost(options.host());
    connector.setPort(options.port());
    connector.setIdleTimeout(limits.idle().toMillis());
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(limits.connections(), server));
    Routes routes = new Routes();
    new StatusPages(store, admission, metrics).addTo(routes);
    new ModelPages(store).addTo(routes);
    new PicturePages(store, limits).addTo(routes);
    new InferPages(store, limits).addTo(routes);
    server.setHandler(
        new Front(routes, options, admission, metrics, store.deadline(), access, threads));
    server.setErrorHandler(new ErrorPages());
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "cannot listen at %s, port %d (%s): is the port taken, or the host not this machine's?",
              options.host(),
              options.port(),
              reason(e)),
          e);
    }
    return new ModelServer(server, connector, admission, store.deadline().plus(GRACE));
  }

  private static HttpConfiguration configuration(Limits limits) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(limits.header());
    http.setUriCompliance(UriCompliance.DEFAULT);
    return http;
  }

  private static String reason(Exception e) {
    Throwable cause = e instanceof IOException && e.getCause() != null ? e.getCause() : e;
    return String.valueOf(cause.getMessage());
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the server could not be stopped: " + e.getMessage(), e);
    }
  }

  /** The port that it listens at. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Waits until it is closed, by another thread; an interrupt ends that. */
  public void await() throws InterruptedException {
    closed.await();
  }

  /**
   * Refuses new requests, says that it is not ready, waits for those that have begun as long as
   * they may take, and ends. Does nothing again. The models stay loaded.
   */
  @Override
  public void close() {
    admission.drain();
    admission.awaitEmpty(longest.toMillis());
    stop(server);
    closed.countDown();
  }
}
