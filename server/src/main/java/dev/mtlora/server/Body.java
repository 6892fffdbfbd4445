package dev.mtlora.server;

import dev.mtlora.server.Refusal.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Collects a request's body as it comes in, without a thread that waits for it, however slowly it
 * comes. It stops at a bound, and asks for room in the memory as it grows.
 */
final class Body implements Runnable {
  private final Request request;
  private final int most;
  private final LongConsumer room;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> all = new CompletableFuture<>();
  private long roomTaken;

  private Body(Request request, int most, LongConsumer room) {
    this.request = request;
    this.most = most;
    this.room = room;
  }

  /** The body, or the {@link Refusal} of it, at some time on some thread. */
  static CompletableFuture<byte[]> read(Request request, int most, LongConsumer room) {
    if (request.getLength() > most) {
      return CompletableFuture.failedFuture(tooLarge(most));
    }
    Body body = new Body(request, most, room);
    body.begin(Math.max(0, request.getLength()));
    return body.all;
  }

  /** Asks at once for the room that the request says it needs. */
  private void begin(long length) {
    try {
      room.accept(2 * length);
      roomTaken = 2 * length;
      run();
    } catch (Refusal e) {
      all.completeExceptionally(e);
    }
  }

  private static Refusal tooLarge(int most) {
    return new Refusal(
        Kind.TOO_LARGE, "the body is larger than the %,d bytes that this server takes", most);
  }

  /** Takes what is there; whatever comes later calls it again. */
  @Override
  public void run() {
    try {
      while (!all.isDone()) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          throw chunk.getFailure() instanceof TimeoutException
              ? new Refusal(Kind.TOO_SLOW, "nothing of the body came in for too long")
              : Refusal.bad("the body did not come in whole");
        }
        take(chunk);
        if (chunk.isLast()) {
          all.complete(bytes.toByteArray());
        }
      }
    } catch (RuntimeException | Error e) {
      all.completeExceptionally(e);
    }
  }

  private void take(Content.Chunk chunk) {
    try {
      int length = chunk.remaining();
      if (length > most - bytes.size()) {
        throw tooLarge(most);
      }
      long needed = 2L * (bytes.size() + length); // the array grows by copying
      if (needed > roomTaken) {
        room.accept(needed - roomTaken);
        roomTaken = needed;
      }
      byte[] part = new byte[length];
      chunk.getByteBuffer().get(part);
      bytes.writeBytes(part);
    } finally {
      chunk.release();
    }
  }

  /**
   * A body as it was before it was packed.
   *
   * @param encoding what {@code Content-Encoding}, or {@code grpc-encoding}, says: gzip, deflate,
   *     or nothing
   */
  static byte[] unpacked(byte[] body, String encoding, int most, LongConsumer room) {
    String how = encoding.strip().toLowerCase(Locale.ROOT);
    if (how.isEmpty() || how.equals("identity")) {
      return body;
    }
    try (InputStream in = unpacking(body, how)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] part = new byte[1 << 16];
      for (int n = in.read(part); n >= 0; n = in.read(part)) {
        if (n > most - out.size()) {
          throw tooLarge(most);
        }
        room.accept(2L * n);
        out.write(part, 0, n);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw Refusal.bad("the body is not what its encoding says, or is truncated");
    }
  }

  private static InputStream unpacking(byte[] body, String encoding) throws IOException {
    InputStream in = new ByteArrayInputStream(body);
    return switch (encoding) {
      case "gzip", "x-gzip" -> new GZIPInputStream(in);
      case "deflate" -> new InflaterInputStream(in, new Inflater(!hasZlibHeader(body)));
      default ->
          throw new Refusal(
              Kind.ENCODING,
              "the body's encoding is '%s', and this server reads gzip and deflate",
              Call.brief(encoding));
    };
  }

  /** Some clients leave it out, though it belongs to what HTTP calls deflate. */
  private static boolean hasZlibHeader(byte[] body) {
    return body.length >= 2
        && (body[0] & 0x0f) == 8
        && ((body[0] & 0xff) << 8 | body[1] & 0xff) % 31 == 0;
  }
}
