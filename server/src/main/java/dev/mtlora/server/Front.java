package dev.mtlora.server;

import dev.mtlora.server.Refusal.Kind;
import dev.mtlora.server.Routes.Access;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests: finds out what they ask for, lets in whoever may and has room, collects the body
 * and has it answered on a thread of the pool. What can be refused is refused before its body is
 * read.
 */
final class Front extends Handler.Abstract {
  private final Routes routes;
  private final Limits limits;
  private final Admission admission;
  private final Metrics metrics;
  private final Duration deadline;
  private final Optional<Keys> keys;
  private final Optional<String> origin;
  private final Consumer<String> access;
  private final Executor threads;

  Front(
      Routes routes,
      ServerOptions options,
      Admission admission,
      Metrics metrics,
      Duration deadline,
      Consumer<String> access,
      Executor threads) {
    this.routes = routes;
    this.limits = options.limits();
    this.admission = admission;
    this.metrics = metrics;
    this.deadline = deadline;
    this.access = access;
    this.threads = threads;
    keys = options.keys().map(Keys::read);
    origin = options.origin();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Ticket ticket = new Ticket(deadline, new ClientWatch(request));
    Exchange exchange = new Exchange(request, response, callback, metrics, access, ticket);
    try {
      allowOrigin(exchange, response);
      if (request.getMethod().equals("OPTIONS") && origin.isPresent()) {
        exchange.answer(preflight());
        return true;
      }
      Routes.Match match = routes.find(request.getMethod(), Request.getPathInContext(request));
      exchange.is(match.route().template());
      if (match.route().access() == Access.OPEN) {
        exchange.answer(match.route().endpoint().answer(call(request, match, exchange, null)));
        return true;
      }
      keys.ifPresent(known -> known.require(exchange::header));
      if (match.route().access() == Access.KEY) {
        exchange.answer(match.route().endpoint().answer(call(request, match, exchange, null)));
        return true;
      }
      work(request, match, exchange);
    } catch (RuntimeException | Error e) {
      exchange.fail(e);
    }
    return true;
  }

  /** Pages of other places may ask only if they are named: a browser would send what they want. */
  private void allowOrigin(Exchange exchange, Response response) {
    Optional<String> from = exchange.header("Origin");
    if (from.isEmpty() || from.equals(exchange.header("Host").map(host -> "http://" + host))) {
      return;
    }
    if (from.equals(exchange.header("Host").map(host -> "https://" + host))) {
      return;
    }
    if (!from.equals(origin)) {
      throw new Refusal(Kind.FORBIDDEN, "pages of other places may not use this server");
    }
    response.getHeaders().put("Access-Control-Allow-Origin", from.get());
    response.getHeaders().put("Access-Control-Expose-Headers", "*, Server-Timing");
    response.getHeaders().put("Vary", "Origin");
  }

  private static Answer preflight() {
    return new Answer(204, "text/plain", new byte[0], Map.of())
        .with("Access-Control-Allow-Methods", "GET, POST")
        .with(
            "Access-Control-Allow-Headers",
            "Authorization, Content-Type, Content-Encoding, X-API-Key, Inference-Header-Content-Length");
  }

  private void work(Request request, Routes.Match match, Exchange exchange) {
    Admission.Entry room = admission.enter();
    exchange.has(room);
    CompletableFuture<byte[]> body =
        Body.read(request, limits.body(), room)
            .orTimeout(limits.arrival().toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<?> unused = // whatever happens, the exchange says it
        body.whenCompleteAsync(
            (bytes, failure) -> {
              try {
                if (failure != null) {
                  throw failure instanceof CompletionException wrapped && wrapped.getCause() != null
                      ? wrapped.getCause()
                      : failure;
                }
                byte[] plain =
                    Body.unpacked(
                        bytes, exchange.header("Content-Encoding").orElse(""), limits.body(), room);
                Call call = call(request, match, exchange, new Admitted(plain, room));
                exchange.answer(match.route().endpoint().answer(call));
              } catch (TimeoutException e) {
                exchange.fail(
                    new Refusal(
                        Kind.TOO_SLOW,
                        "the body did not come in within %,d ms",
                        limits.arrival().toMillis()));
              } catch (Throwable e) { // all that is thrown belongs to this request alone
                exchange.fail(e);
              }
            },
            threads);
  }

  /** A body and the room that it has. */
  private record Admitted(byte[] body, Admission.Entry room) {}

  private Call call(
      Request request, Routes.Match match, Exchange exchange, @Nullable Admitted admitted) {
    return new Call(
        match.parts(),
        query(request),
        exchange::header,
        admitted == null ? new byte[0] : admitted.body(),
        admitted == null ? Optional.empty() : Optional.of(admitted.room()),
        exchange.ticket());
  }

  private static Map<String, List<String>> query(Request request) {
    Map<String, List<String>> query = new HashMap<>();
    try {
      for (Fields.Field field : Request.extractQueryParameters(request)) {
        query.computeIfAbsent(field.getName(), name -> new ArrayList<>()).addAll(field.getValues());
      }
    } catch (RuntimeException e) { // of several kinds, all of them the query's
      throw Refusal.bad("the query is not written as one: name=value, with %% before two digits");
    }
    return query;
  }
}
