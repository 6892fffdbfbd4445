package dev.mtlora.server;

import dev.mtlora.server.Refusal.Kind;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A request of HTTP/1.1. */
final class HttpExchange extends Exchange {
  private static final String RETRY_SECONDS = "1";

  HttpExchange(Request request, Response response, Callback callback, Desk desk, Ticket ticket) {
    super(request, response, callback, desk, ticket);
  }

  @Override
  Answer refused(Refusal why) {
    Answer answer = Answer.error(why.kind().status(), String.valueOf(why.getMessage()));
    if (why.kind().passes()) {
      answer = answer.with("Retry-After", RETRY_SECONDS);
    }
    if (why.kind() == Kind.NO_KEY) {
      answer = answer.with("WWW-Authenticate", "Bearer");
    }
    if (why.kind() == Kind.TOO_SLOW || !skipBody()) {
      answer = answer.with("Connection", "close"); // a body lies in the way of the next request
    }
    return answer;
  }

  @Override
  void begin(Response to, Answer answer) {
    to.setStatus(answer.status());
    HttpFields.Mutable headers = to.getHeaders();
    headers.put(HttpHeader.CONTENT_TYPE, answer.type());
    headers.put(HttpHeader.CONTENT_LENGTH, answer.body().length);
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    answer.headers().forEach(headers::put);
  }
}
