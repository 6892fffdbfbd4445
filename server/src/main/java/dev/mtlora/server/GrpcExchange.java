package dev.mtlora.server;

import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A call of gRPC: HTTP/2 whose status is 200 whatever happened, with gRPC's own behind the message,
 * or in the headers where there is no message. The status of an {@link Answer} is what HTTP would
 * have said, for the log and the metrics.
 */
final class GrpcExchange extends Exchange {
  static final String TYPE = "application/grpc";

  private static final String STATUS = "grpc-status";
  private static final HttpFields GOOD =
      HttpFields.build().put(STATUS, GrpcCode.OK.text()).asImmutable();

  GrpcExchange(Request request, Response response, Callback callback, Desk desk, Ticket ticket) {
    super(request, response, callback, desk, ticket);
  }

  static Answer answer(ProtoWriter message) {
    return Answer.of(TYPE, message.framed());
  }

  @Override
  Answer refused(Refusal why) {
    String reason = GrpcFrame.reason(String.valueOf(why.getMessage()));
    Map<String, String> headers = Map.of(STATUS, why.kind().code().text(), "grpc-message", reason);
    return new Answer(why.kind().status(), TYPE, new byte[0], headers);
  }

  @Override
  void begin(Response to, Answer answer) {
    to.setStatus(200);
    HttpFields.Mutable headers = to.getHeaders();
    headers.put(HttpHeader.CONTENT_TYPE, answer.type());
    headers.put("grpc-accept-encoding", "identity,deflate,gzip");
    answer.headers().forEach(headers::put);
    if (!answer.headers().containsKey(STATUS)) {
      to.setTrailersSupplier(() -> GOOD);
    }
  }

  /**
   * What stands behind the body goes on its own: Jetty would send it before the second part of a
   * body that does not fit in one frame.
   */
  @Override
  void send(Response to, ByteBuffer body, Callback sent) {
    if (!body.hasRemaining()) {
      super.send(to, body, sent);
      return;
    }
    to.write(
        false,
        body,
        Callback.from(() -> super.send(to, ByteBuffer.allocate(0), sent), sent::failed));
  }
}
