package dev.mtlora.server;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves models over HTTP: pictures at {@code /v1/predict}, the Open Inference Protocol below
 * {@code /v2}, metrics at {@code /metrics}, and a page at {@code /}; and, if that is asked for, the
 * same protocol over gRPC at a port of its own.
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
  private final Optional<ServerConnector> grpc;
  private final Admission admission;
  private final Duration longest;
  private final CountDownLatch closed = new CountDownLatch(1);

  private ModelServer(
      Server server,
      ServerConnector connector,
      Optional<ServerConnector> grpc,
      Admission admission,
      Duration longest) {
    this.server = server;
    this.connector = connector;
    this.grpc = grpc;
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
    Desk desk =
        new Desk(
            limits,
            admission,
            metrics,
            store.deadline(),
            options.keys().map(Keys::read),
            access,
            threads);
    Server server = new Server(threads);
    server.addBean(new NetworkConnectionLimit(limits.connections(), server));
    HttpConfiguration http = configuration(limits);
    Inference inference = new Inference(store, limits);
    Routes routes = new Routes();
    new StatusPages(store, admission, metrics).addTo(routes);
    new ModelPages(store).addTo(routes);
    new PicturePages(store, limits).addTo(routes);
    new InferPages(store, inference).addTo(routes);
    ServerConnector connector =
        listening(server, options, options.port(), new HttpConnectionFactory(http));
    Map<Connector, Request.Handler> fronts = new HashMap<>();
    fronts.put(connector, new Front(routes, desk, options.origin()));
    Optional<ServerConnector> grpc = Optional.empty();
    if (options.grpc().isPresent()) {
      HTTP2CServerConnectionFactory http2 = new HTTP2CServerConnectionFactory(http);
      http2.setRateControlFactory(new GrpcPace.Factory());
      http2.setFlowControlStrategyFactory(GrpcWindows::new);
      http2.addEventListener(new GrpcWindows.Watch());
      http2.setStreamIdleTimeout(store.deadline().plus(limits.idle()).toMillis());
      grpc = Optional.of(listening(server, options, options.grpc().getAsInt(), http2));
      fronts.put(grpc.get(), new GrpcFront(new GrpcMethods(store, admission, inference), desk));
    }
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            return Objects.requireNonNull(
                    fronts.get(request.getConnectionMetaData().getConnector()))
                .handle(request, response, callback);
          }
        });
    server.setErrorHandler(new ErrorPages());
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "cannot listen at %s, port %d%s (%s): is the port taken, or the host not this machine's?",
              options.host(),
              options.port(),
              options.grpc().isPresent() ? " and " + options.grpc().getAsInt() : "",
              reason(e)),
          e);
    }
    return new ModelServer(server, connector, grpc, admission, store.deadline().plus(GRACE));
  }

  private static ServerConnector listening(
      Server server, ServerOptions options, int port, ConnectionFactory protocol) {
    ServerConnector connector = new ServerConnector(server, 1, 1, protocol);
    connector.setHost(options.host());
    connector.setPort(port);
    connector.setIdleTimeout(options.limits().idle().toMillis());
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
    return connector;
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

  /** The port that it listens at for gRPC; empty if it does not. */
  public OptionalInt grpcPort() {
    return grpc.stream().mapToInt(ServerConnector::getLocalPort).findFirst();
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
