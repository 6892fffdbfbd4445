package dev.mtlora.server;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What those get whose request cannot even be read as one: JSON as others, and no more. */
final class ErrorPages implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus() < 400 ? 400 : response.getStatus();
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Answer.JSON);
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    Answer answer =
        Answer.error(
            status, "the request is not valid HTTP, or too long: " + HttpStatus.getMessage(status));
    response.write(true, ByteBuffer.wrap(answer.body()), callback);
    return true;
  }
}
