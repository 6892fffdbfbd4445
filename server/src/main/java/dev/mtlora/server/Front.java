package dev.mtlora.server;

import dev.mtlora.server.Refusal.Kind;
import dev.mtlora.server.Routes.Access;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final Desk desk;
  private final Optional<String> origin;

  Front(Routes routes, Desk desk, Optional<String> origin) {
    this.routes = routes;
    this.desk = desk;
    this.origin = origin;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Ticket ticket = new Ticket(desk.deadline(), new ClientWatch(request));
    Exchange exchange = new HttpExchange(request, response, callback, desk, ticket);
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
      desk.keys().ifPresent(known -> known.require(exchange::header));
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
    Admission.Entry room = desk.admission().enter();
    exchange.has(room);
    int most = desk.limits().body();
    desk.collect(
        request,
        most,
        room::grow,
        exchange,
        bytes -> {
          String encoding = exchange.header("Content-Encoding").orElse("");
          byte[] plain = Body.unpacked(bytes, encoding, most, room::grow);
          Call call = call(request, match, exchange, new Admitted(plain, room));
          return match.route().endpoint().answer(call);
        });
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
