package dev.mtlora.server;

import dev.mtlora.files.DataException;
import dev.mtlora.server.Refusal.Kind;
import dev.mtlora.server.Ticket.Phase;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One request, from its headers to the last byte of its answer. It is answered once. */
abstract class Exchange {
  private static final Logger LOG = System.getLogger("dev.mtlora.server");

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Metrics metrics;
  private final Consumer<String> access;
  private final Ticket ticket;
  private final AtomicBoolean answered = new AtomicBoolean();
  private String route = "none";
  private Admission.@Nullable Entry room;

  Exchange(Request request, Response response, Callback callback, Desk desk, Ticket ticket) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    metrics = desk.metrics();
    access = desk.access();
    this.ticket = ticket;
  }

  /** The answer that says why there is no other. */
  abstract Answer refused(Refusal why);

  /** Says what stands before the body of an answer, and behind it. */
  abstract void begin(Response to, Answer answer);

  /** Sends a body, and what stands behind it. */
  void send(Response to, ByteBuffer body, Callback sent) {
    to.write(true, body, sent);
  }

  Ticket ticket() {
    return ticket;
  }

  /** What it turned out to ask for. */
  void is(String template) {
    route = template;
  }

  /** What it takes of the memory, given back once it is answered. */
  void has(Admission.Entry entry) {
    room = entry;
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** Answers with why it failed. */
  void fail(Throwable why) {
    Refusal refusal = refusal(why);
    metrics.onError(refusal.kind());
    answer(refused(refusal));
  }

  /** Throws away what is there of a body; false if there may be more. */
  boolean skipBody() {
    return request.consumeAvailable();
  }

  private static Refusal refusal(Throwable why) {
    if (why instanceof Refusal known) {
      return known;
    }
    if (why instanceof DataException unreadable) { // a picture's
      return Refusal.bad("%s", String.valueOf(unreadable.getMessage()));
    }
    if (why instanceof OutOfMemoryError) {
      LOG.log(Level.WARNING, "memory ran out for a request", why);
      return new Refusal(
          Kind.MEMORY, "the server's memory ran out; ask again, or send smaller pictures");
    }
    LOG.log(Level.ERROR, "a request failed", why);
    return new Refusal(Kind.INTERNAL, "the server failed; its log says why");
  }

  /** Answers, if nobody has yet. */
  void answer(Answer answer) {
    if (!answered.compareAndSet(false, true)) {
      return;
    }
    ticket.done(Phase.ENCODE);
    begin(response, answer);
    if (room != null) {
      response.getHeaders().put("Server-Timing", timing(ticket.nanos()));
    }
    metrics.onAnswer(route, ticket.model(), answer.status(), ticket);
    access.accept(line(answer));
    send(
        response,
        ByteBuffer.wrap(answer.body()),
        new Callback.Nested(callback) {
          @Override
          public void completed() {
            if (room != null) {
              room.close();
            }
          }
        });
  }

  private static String timing(Map<Phase, Long> nanos) {
    StringBuilder text = new StringBuilder();
    nanos.forEach(
        (phase, time) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(Metrics.text(phase))
                .append(";dur=")
                .append(Math.round(time / 1e5) / 10.0));
    return text.toString();
  }

  private String line(Answer answer) {
    byte[] line =
        Answer.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringField("time", Instant.now().toString());
              json.writeStringField("client", Request.getRemoteAddr(request));
              json.writeStringField("method", request.getMethod());
              json.writeStringField("path", request.getHttpURI().getPathQuery());
              json.writeNumberField("status", answer.status());
              json.writeNumberField("bytes", answer.body().length);
              json.writeNumberField("ms", Math.round(ticket.age() / 1e5) / 10.0);
              json.writeStringField("model", ticket.model());
              for (Map.Entry<Phase, Long> part : ticket.nanos().entrySet()) {
                json.writeNumberField(
                    Metrics.text(part.getKey()), Math.round(part.getValue() / 1e5) / 10.0);
              }
              json.writeEndObject();
            });
    return new String(line, StandardCharsets.UTF_8);
  }
}
