package dev.mtlora.server;

import dev.mtlora.server.GrpcMethods.Method;
import dev.mtlora.server.Routes.Access;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Takes calls of gRPC, which is HTTP/2 with a few bytes before a message and a status behind it.
 * They go the way that requests of HTTP go: the same keys, the same room, the same threads.
 */
final class GrpcFront extends Handler.Abstract {
  /** Of messages that hold a name or nothing. */
  private static final int SMALL = 1 << 14;

  private final GrpcMethods methods;
  private final Desk desk;

  GrpcFront(GrpcMethods methods, Desk desk) {
    this.methods = methods;
    this.desk = desk;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    AtomicBoolean gone = new AtomicBoolean();
    request.addFailureListener(
        why -> gone.set(true)); // of the call alone: others share its connection
    Ticket ticket = new Ticket(desk.deadline(), gone::get);
    Exchange exchange = new GrpcExchange(request, response, callback, desk, ticket);
    try {
      GrpcFrame.require(request.getMethod(), exchange.header("Content-Type").orElse(""));
      Method method = methods.find(Request.getPathInContext(request));
      exchange.is(method.path());
      exchange.header("grpc-timeout").map(GrpcFrame::timeout).ifPresent(ticket::within);
      if (method.access() != Access.OPEN) {
        desk.keys().ifPresent(known -> known.require(exchange::header));
      }
      if (method.access() == Access.WORK) {
        Admission.Entry room = desk.admission().enter();
        exchange.has(room);
        take(request, exchange, method, Optional.of(room));
      } else {
        take(request, exchange, method, Optional.empty());
      }
    } catch (RuntimeException | Error e) {
      exchange.fail(e);
    }
    return true;
  }

  private void take(
      Request request, Exchange exchange, Method method, Optional<Admission.Entry> entry) {
    int most = entry.isPresent() ? desk.limits().body() : SMALL;
    LongConsumer room = bytes -> entry.ifPresent(own -> own.grow(bytes));
    desk.collect(
        request,
        most + GrpcFrame.PREFIX,
        room,
        exchange,
        body -> {
          String encoding = exchange.header("grpc-encoding").orElse("");
          byte[] message = GrpcFrame.message(body, encoding, most, room);
          Call call =
              new Call(Map.of(), Map.of(), exchange::header, message, entry, exchange.ticket());
          return GrpcExchange.answer(method.endpoint().answer(call));
        });
  }
}
